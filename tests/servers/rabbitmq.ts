/**
 * RabbitMQ from Debian's packages, as a node of its own: own ports, folder, cookie and port mapper (epmd). Version 3 of a stable
 * Debian, or version 4 of a newer one.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { openSync, readFileSync, closeSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { makeCertificate } from './certificate.ts';
import { generation } from './generation.ts';
import { freePorts } from './ports.ts';
import { machine, newerDebian } from './root.ts';
import type { TestServer } from './server.ts';

const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const HOST = '127.0.0.1';
const START_MS = 120_000;

export interface TestRabbitMq extends TestServer {
  /** Of the same broker, with TLS. */
  readonly secureUrl: URL;
}

export async function startRabbitMq(): Promise<TestRabbitMq> {
  const place = generation() === 'newer' ? newerDebian(PROGRAM) : machine;
  const { here: folder, there } = await place.folder('hometrip-test-rabbitmq-');
  const [port, securePort, distribution, mapper] = await freePorts(4);
  const password = randomBytes(12).toString('hex');
  const log = join(folder, 'output.log');
  makeCertificate(folder);
  await writeFile(join(folder, 'enabled_plugins'), '[].\n');
  await writeFile(
    join(folder, 'rabbitmq.conf'),
    [
      `listeners.tcp.1 = ${HOST}:${port}`,
      `listeners.ssl.1 = ${HOST}:${securePort}`,
      ...['cacertfile = ca.pem', 'certfile = cert.pem', 'keyfile = key.pem'].map(
        (line) => `ssl_options.${line.replace('= ', `= ${there}/`)}`,
      ),
      'default_user = hometrip',
      `default_pass = ${password}`,
      'log.console = true',
      'log.console.level = info',
      'log.file = false',
      // A test machine with a full disk still has room for a test.
      'disk_free_limit.absolute = 50MB',
      '',
    ].join('\n'),
  );
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: there,
    LANG: 'C.UTF-8',
    ERL_EPMD_ADDRESS: HOST,
    ERL_EPMD_PORT: String(mapper),
    RABBITMQ_NODENAME: `test${port}@localhost`,
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_CONFIG_FILE: join(there, 'rabbitmq.conf'),
    RABBITMQ_MNESIA_BASE: join(there, 'mnesia'),
    RABBITMQ_LOG_BASE: join(there, 'log'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(there, 'enabled_plugins'),
    // Makes the script become the server, so that its process is the one that we have.
    RABBITMQ_ALLOW_INPUT: '1',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `-noinput -kernel inet_dist_use_interface {127,0,0,1} +sbwt none`,
  };
  let running: ChildProcess | undefined;
  // A test run that ends early leaves nothing behind.
  const abandon = (): void => {
    running?.kill('SIGKILL');
  };
  process.once('exit', abandon);

  const start = async (): Promise<void> => {
    const output = openSync(log, 'a');
    const child = spawn(...place.command(PROGRAM), { env, cwd: folder, stdio: ['ignore', output, output] });
    closeSync(output);
    running = child;
    let failure: string | undefined;
    child.once('error', (error) => (failure = error.message));
    child.once('exit', (code, signal) => (failure = `it ended (${signal ?? code})`));
    for (const end = Date.now() + START_MS; !(await answers(Number(port))); await sleep(50)) {
      if (failure !== undefined || Date.now() > end)
        throw new Error(`RabbitMQ did not start: ${failure ?? 'no answer'}\n${tail(log)}`);
    }
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const child = running;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  };
  const dispose = async (): Promise<void> => {
    await end('SIGKILL');
    process.off('exit', abandon);
    // Only the one of this node listens on that port.
    await promisify(execFile)(...place.command('epmd', '-port', String(mapper), '-kill'), { env }).catch(
      () => undefined,
    );
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    name: `RabbitMQ ${/Starting RabbitMQ ([\d.]+)/.exec(readFileSync(log, 'utf8'))?.[1] ?? '(unknown version)'}`,
    url: new URL(`amqp://hometrip:${password}@${HOST}:${port}`),
    secureUrl: new URL(`amqps://hometrip:${password}@${HOST}:${securePort}`),
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    [Symbol.asyncDispose]: dispose,
  };
}

/** It greets a client: listening is the last thing that it does when it starts. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST, () => socket.write('AMQP\0\0\x09\x01'));
    const settle = (value: boolean): void => {
      socket.destroy();
      resolve(value);
    };
    socket.once('data', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('end', () => settle(false));
    socket.setTimeout(2_000, () => settle(false));
  });
}

const tail = (file: string): string => readFileSync(file, 'utf8').split('\n').slice(-20).join('\n');
