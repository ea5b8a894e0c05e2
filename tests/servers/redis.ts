import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { makeCertificate } from './certificate.ts';
import { generation } from './generation.ts';
import { freePorts } from './ports.ts';
import { machine, newerDebian } from './root.ts';
import type { TestServer } from './server.ts';

export interface TestRedis extends TestServer {
  /** It is there, and answers no more: what a frozen machine looks like. */
  freeze(): void;
  thaw(): void;
  /** Forgets everything, as after an eviction. */
  flush(): Promise<void>;
  /** What it sends back to a line of its protocol: `PUBSUB CHANNELS`. */
  ask(line: string): Promise<string>;
}

const PROGRAMS = {
  stable: ['Redis', 'redis-server'],
  newer: ['Redis', '/usr/bin/redis-server'],
  fork: ['Valkey', '/usr/bin/valkey-server'],
} as const;

/** Redis with a password, configured over standard input so that no other user reads it, in a folder of its own. */
export async function startRedis({ tls = false } = {}): Promise<TestRedis> {
  const [product, program] = PROGRAMS[generation()];
  const place = generation() === 'stable' ? machine : newerDebian(program);
  const { here, there: folder } = await place.folder('redis-');
  const password = randomBytes(12).toString('hex');
  const version = /v=([\d.]+)/.exec(
    execFileSync(...place.command(program, '--version'), { encoding: 'utf8' }),
  )?.[1];
  const authority = tls ? makeCertificate(here).authority : undefined;
  let port = 0;
  let child: ChildProcess | undefined;

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null) return;
    const ended = once(ending, 'exit');
    ending.kill(signal);
    // A frozen one hears nothing else.
    ending.kill('SIGCONT');
    await ended;
  };
  const ask = (line: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port };
      const socket = authority === undefined ? connect(options) : connectTls({ ...options, ca: authority });
      let heard = '';
      socket.setTimeout(5_000, () => socket.destroy(new Error('Redis does not answer')));
      socket.on('data', (chunk) => (heard += String(chunk)));
      socket.once('error', reject);
      socket.once('close', () => resolve(heard.replace(/^\+OK\r\n/, '').replace(/\+OK\r\n$/, '')));
      socket.write(`AUTH ${password}\r\n${line}\r\nQUIT\r\n`);
    });
  const start = async (): Promise<void> => {
    const started = spawn(...place.command(program, '-'), { stdio: ['pipe', 'pipe', 'pipe'] });
    child = started;
    const log: Buffer[] = [];
    started.stdout.on('data', (chunk: Buffer) => log.push(chunk));
    started.stderr.on('data', (chunk: Buffer) => log.push(chunk));
    started.stdin.end(
      [
        'bind 127.0.0.1',
        ...(tls
          ? [
              `port 0\ntls-port ${port}\ntls-auth-clients no`,
              `tls-cert-file ${folder}/cert.pem\ntls-key-file ${folder}/key.pem`,
            ]
          : [`port ${port}`]),
        `requirepass ${password}`,
        // Who may do what the runtime needs, and no more: docs/runtime.md.
        `user service on >${password} ~hometrip:* &hometrip:* +@all -@admin -@dangerous`,
        `dir ${folder}`,
        'appendonly yes',
        'save ""',
        'daemonize no',
        '',
      ].join('\n'),
    );
    const limit = performance.now() + 15_000;
    while (!(await ask('PING').catch(() => '')).includes('+PONG')) {
      if (started.exitCode !== null || performance.now() > limit)
        throw new Error(`Redis does not start: ${Buffer.concat(log).toString('utf8').slice(-2_000)}`);
      await sleep(10);
    }
  };
  // A test that ends by an exception leaves no server behind.
  const abandon = () => child?.kill('SIGKILL');
  process.once('exit', abandon);
  // Somebody else may take the free port before Redis does.
  for (let attempt = 1; ; attempt += 1) {
    [port = 0] = await freePorts(1);
    try {
      await start();
      break;
    } catch (error) {
      await end('SIGKILL');
      if (attempt === 3) throw error;
    }
  }
  const url = new URL(`${tls ? 'rediss' : 'redis'}://127.0.0.1:${port}/0`);
  url.password = password;
  return {
    name: `${product} ${version}`,
    url,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    start,
    freeze: () => child?.kill('SIGSTOP'),
    thaw: () => child?.kill('SIGCONT'),
    async flush() {
      await ask('FLUSHALL');
    },
    ask,
    async [Symbol.asyncDispose]() {
      process.off('exit', abandon);
      await end('SIGKILL');
      await rm(here, { recursive: true, force: true });
    },
  };
}
