/** A mail server that fails at the very moment that a test asks for, which no real one can be told to do. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export type Stage = 'greeting' | 'ehlo' | 'mail' | 'rcpt' | 'data' | 'middle' | 'end' | 'rset';

/** Replies with a line of its own, or ends the connection (`hang up`), or says nothing more (`silence`). */
export type Act = string;

export interface ScriptedServer extends AsyncDisposable {
  readonly url: URL;
  /** What it has answered with 250 after the last line of a message. */
  readonly taken: readonly string[];
  /** Commands and messages, in their order. */
  readonly heard: readonly string[];
  readonly connections: number;
  /** Messages that it has heard to their end, whatever it made of them. */
  readonly whole: number;
  /** The next times that the stage comes, one after the other; then all goes well again. */
  fail(stage: Stage, ...acts: Act[]): void;
  /** Ends all connections. */
  hangUp(): void;
}

export async function scriptedServer(): Promise<ScriptedServer> {
  const script = new Map<Stage, Act[]>();
  const sockets = new Set<Socket>();
  const [taken, heard]: [string[], string[]] = [[], []];
  let [connections, wholes] = [0, 0];
  const hangUp = (): void => {
    for (const socket of [...sockets]) socket.destroy();
  };
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    let [input, message]: [string, string | undefined] = ['', undefined];
    const reply = (stage: Stage, usual: string): boolean => {
      const act = script.get(stage)?.shift();
      if (act === 'hang up') socket.destroy();
      else if (act !== 'silence') socket.write(`${act ?? usual}\r\n`);
      return act === undefined;
    };
    const line = (text: string): void => {
      if (message !== undefined) {
        if (text !== '.') return void (message += `${text}\n`);
        const whole = message;
        message = undefined;
        wholes += 1;
        if (reply('end', '250 taken')) taken.push(whole);
        return;
      }
      heard.push(text);
      const verb = text.slice(0, 4).toUpperCase();
      if (verb === 'EHLO') reply('ehlo', '250 scripted');
      else if (verb === 'MAIL') reply('mail', '250 ok');
      else if (verb === 'RCPT') reply('rcpt', '250 ok');
      else if (verb === 'DATA') {
        if (reply('data', '354 go on')) message = '';
      } else if (verb === 'QUIT') socket.end('221 bye\r\n');
      else reply('rset', '250 ok');
    };
    socket.on('data', (chunk) => {
      input += chunk.toString('latin1');
      if (message !== undefined && script.get('middle')?.length) return void reply('middle', '');
      const lines = input.split('\r\n');
      input = lines.pop() ?? '';
      lines.forEach(line);
    });
    reply('greeting', '220 scripted');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: new URL(`smtp://127.0.0.1:${(server.address() as AddressInfo).port}?starttls=off`),
    taken,
    heard,
    get connections() {
      return connections;
    },
    get whole() {
      return wholes;
    },
    fail: (stage, ...acts) => void script.set(stage, acts),
    hangUp,
    async [Symbol.asyncDispose]() {
      hangUp();
      server.close();
      await once(server, 'close');
    },
  };
}
