import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ExternalError, UserError } from '../../../platform/errors.ts';
import { prepareStateDir, type StateDir } from '../../../platform/state-dir.ts';
import type { DriverEvent } from '../../driver.ts';
import type { EmbeddedObserved } from '../desired.ts';
import { supervisorEntry } from '../entries.ts';
import type { ErrorData } from '../supervisor/root-cause.ts';
import { lockHolder } from '../lock.ts';
import { lastLines } from '../logs/last-lines.ts';
import { marker, stackId, until } from '../processes.ts';
import { shellOfSupervisor } from '../shell.ts';
import { readApplied, readData } from '../state-files.ts';
import { codeVersion, socketPath, type PerformRequest, type StreamLine } from './protocol.ts';

export interface ControlClient {
  state(): Promise<EmbeddedObserved>;
  environment(service: string, replica: number): Promise<Record<string, string> | undefined>;
  perform(body: PerformRequest, report: (event: DriverEvent) => void, signal: AbortSignal): Promise<void>;
  /** Resolves when the supervisor has ended, too. */
  down(report: (event: DriverEvent) => void): Promise<void>;
}

const START_LIMIT_MS = 20_000;

/** The stack's supervisor, if one lives; undefined when there is none, or when it was killed. */
export async function findSupervisor(dir: StateDir): Promise<ControlClient | undefined> {
  const holder = await lockHolder(dir.run);
  if (holder === undefined) return undefined;
  const path = socketPath(dir);
  // It holds the lock before it listens.
  const version = await firstAnswer(path, async () => (await lockHolder(dir.run)) === undefined);
  if (version === undefined) {
    const still = await lockHolder(dir.run);
    if (still === undefined) return undefined;
    throw new UserError(`the supervisor of this stack (process ${still.pid}) does not answer`, {
      where: dir.project,
      next: [
        `end it: kill -9 ${still.pid}; what it started goes on, and the next command takes over`,
        'hometrip logs supervisor says what it did last',
      ],
    });
  }
  if (version.version === codeVersion()) return clientFor(dir, path);
  // Of another version of hometrip: it goes, its instances stay, and a supervisor of our version adopts them.
  await call(path, 'POST', '/handover').then(
    (response) => response.resume(),
    () => undefined,
  );
  await until(async () => (await lockHolder(dir.run)) === undefined, { limitMs: START_LIMIT_MS });
  return await startSupervisor(dir);
}

/** The stack's supervisor; started when there is none. It adopts whatever an earlier one left. */
export async function ensureSupervisor(dir: StateDir): Promise<ControlClient> {
  return (await findSupervisor(dir)) ?? (await startSupervisor(dir));
}

async function startSupervisor(dir: StateDir): Promise<ControlClient> {
  await prepareStateDir(dir);
  // What it could not read either, said here rather than in its log.
  readApplied(dir);
  readData(dir);
  const logFile = join(dir.logs, 'supervisor.log');
  const log = openSync(logFile, 'a', 0o600);
  const name = marker(stackId(dir.root), 'supervisor');
  const child = spawn(process.execPath, [`--title=${name}`, supervisorEntry(), dir.project], {
    cwd: dir.project,
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...shellOfSupervisor(process.env), NODE_COMPILE_CACHE: dir.compileCache },
  });
  closeSync(log);
  let ended = false;
  child.once('exit', () => (ended = true));
  child.once('error', () => (ended = true));
  child.unref();
  // When two commands start one at the same time, one of the two ends at once and both use the other.
  const path = socketPath(dir);
  const version = await firstAnswer(path, async () => ended && (await lockHolder(dir.run)) === undefined);
  if (version !== undefined) return clientFor(dir, path);
  throw new ExternalError('the supervisor of the stack did not start', {
    command: `${process.execPath} ${supervisorEntry()} ${dir.project}`,
    lastLines: lastLines(logFile, 12),
  });
}

function clientFor(dir: StateDir, path: string): ControlClient {
  return {
    async state() {
      const response = await call(path, 'GET', '/state').catch(() => Promise.reject(endOfSupervisor(dir)));
      const body = await json(response);
      if (response.statusCode !== 200) throw userError(body as ErrorData);
      return body as EmbeddedObserved;
    },
    async environment(service, replica) {
      const response = await call(
        path,
        'GET',
        `/environment?service=${encodeURIComponent(service)}&replica=${replica}`,
      ).catch(() => Promise.reject(endOfSupervisor(dir)));
      const body = await json(response);
      return response.statusCode === 200 ? (body as Record<string, string>) : undefined;
    },
    async perform(body, report, signal) {
      try {
        await readStream(await call(path, 'POST', '/perform', { body, signal }), report);
      } catch (error) {
        // How the connection broke is of no interest to whoever interrupted it.
        signal.throwIfAborted();
        throw error instanceof ConnectionLost ? endOfSupervisor(dir) : error;
      }
    },
    async down(report) {
      const holder = await lockHolder(dir.run);
      // Two at once: what ended the supervisor is what was asked for.
      await call(path, 'POST', '/down')
        .then((response) => readStream(response, report))
        .catch((error: unknown) => {
          if (!(error instanceof ConnectionLost)) throw error;
        });
      const { isAlive } = await import('../processes.ts');
      if (holder !== undefined)
        await until(async () => !(await isAlive(holder.pid, holder.marker)), { limitMs: 5_000, everyMs: 5 });
    },
  };
}

async function firstAnswer(
  path: string,
  hopeless: () => Promise<boolean>,
): Promise<{ version: string } | undefined> {
  let version: { version: string } | undefined;
  await until(
    async () => {
      // It may be there and stuck, and then take the connection without ever answering.
      const signal = AbortSignal.timeout(START_LIMIT_MS);
      version = (await call(path, 'GET', '/version', { signal }).then(
        json,
        () => undefined,
      )) as typeof version;
      return version !== undefined || (await hopeless());
    },
    { limitMs: START_LIMIT_MS, everyMs: 5 },
  );
  return version;
}

/** The supervisor is not there any more: it was killed, or ended because the stack did. */
class ConnectionLost extends Error {
  override name = 'ConnectionLost';
}

/** Only `down` takes the folder away that a supervisor works in. */
const endOfSupervisor = (dir: StateDir): UserError =>
  existsSync(dir.run)
    ? new UserError('the supervisor ended before it had finished', {
        next: ['run the command again: hometrip up recovers'],
      })
    : new UserError('stopped by hometrip down', { next: ['start the stack again: hometrip up'] });

async function readStream(response: IncomingMessage, report: (event: DriverEvent) => void): Promise<void> {
  for await (const text of linesOf(response)) {
    const line = JSON.parse(text) as StreamLine;
    if (line.type === 'done') return;
    if (line.type === 'event') report(line.event);
    else throw userError(line.error);
  }
  throw new ConnectionLost('it ended in the middle of an answer');
}

async function* linesOf(response: IncomingMessage): AsyncIterable<string> {
  try {
    yield* createInterface({ input: response, crlfDelay: Infinity });
  } catch (error) {
    throw new ConnectionLost('it ended in the middle of an answer', { cause: error });
  }
}

const userError = ({ message, where, next }: ErrorData): UserError =>
  new UserError(message, { next, ...(where == null ? {} : { where }) });

async function call(
  path: string,
  method: 'GET' | 'POST',
  target: string,
  { body, signal }: { body?: unknown; signal?: AbortSignal } = {},
): Promise<IncomingMessage> {
  const outgoing = request({
    socketPath: path,
    method,
    path: target,
    agent: false,
    ...(signal === undefined ? {} : { signal }),
  });
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  try {
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    return response;
  } catch (error) {
    throw new ConnectionLost('it does not answer', { cause: error });
  }
}

async function json(response: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
  return JSON.parse(text);
}
