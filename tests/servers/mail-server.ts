/** What the mail servers of the tests have in common. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestServer } from './server.ts';

export interface ReceivedMail {
  /** Without its angle brackets. */
  readonly messageId: string;
  /** As it arrived, with what the server wrote before it. */
  readonly source: Buffer;
  /** Everyone whom the server was asked to give it to. */
  readonly recipients: readonly string[];
}

/** Speaks STARTTLS and wants a password, which its URL has. It takes nothing for `nobody@…`. */
export interface TestMailServer extends TestServer {
  /** All that it has delivered, a mail that came twice twice; with `queued` also what it has accepted and not delivered yet. */
  received(options?: { readonly queued?: boolean }): Promise<readonly ReceivedMail[]>;
}

export const USER = 'hometrip';

export interface Program {
  start(): Promise<void>;
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Runs in a group of its own, so that a signal reaches those it has forked too. Started when it greets on the port. */
export function program(command: string, args: readonly string[], port: number): Program {
  let running: ChildProcess | undefined;
  const signalGroup = (signal: NodeJS.Signals): void => {
    try {
      if (running?.pid !== undefined) process.kill(-running.pid, signal);
    } catch {
      // It has ended.
    }
  };
  // A test run that ends early leaves nothing behind.
  const abandon = (): void => signalGroup('SIGKILL');
  return {
    async start() {
      const child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
      running = child;
      process.once('exit', abandon);
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString('utf8')).slice(-2_000)));
      for (const limit = performance.now() + 30_000; !(await greets(port)); await sleep(20)) {
        if (child.exitCode !== null || child.signalCode !== null || performance.now() > limit)
          throw new Error(`${command} does not start: ${output}`);
      }
    },
    async end(signal) {
      const child = running;
      if (child === undefined) return;
      const ended =
        child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve();
      signalGroup(signal);
      await ended;
      signalGroup('SIGKILL');
      running = undefined;
      process.off('exit', abandon);
    },
  };
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (value: boolean): void => {
      socket.destroy();
      resolve(value);
    };
    socket.once('data', (chunk) => settle(chunk.toString().startsWith('220')));
    socket.once('error', () => settle(false));
    socket.once('end', () => settle(false));
    socket.setTimeout(2_000, () => settle(false));
  });
}

export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  return Promise.all(
    servers.map(async (server) => {
      const { port } = server.address() as AddressInfo;
      server.close();
      await once(server, 'close');
      return port;
    }),
  );
}
