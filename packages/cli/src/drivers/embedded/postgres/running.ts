import type { ChildProcess } from 'node:child_process';
import { ExternalError } from '../../../platform/errors.ts';
import { keepRotating } from './log-file.ts';
import { isPostmasterOf, kill, sweepOrphans, until } from './processes.ts';
import { SUPERUSER } from './superuser.ts';

/** `fast`: roll back and check out (the default). `immediate`: no checkpoint, recovery at the next start. */
export type StopMode = 'fast' | 'immediate';

export interface ExitInfo {
  /** Undefined when unknown: an adopted server is not our child. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

export interface RunningPostgres {
  readonly pid: number;
  readonly port: number;
  /** True when it ran already: started by a supervisor that is gone. */
  readonly adopted: boolean;
  /** Ports that were tried before and belong to somebody else. */
  readonly takenPorts: readonly number[];
  /** Connection string of the superuser. */
  url(database?: string): string;
  /** Resolves when the server ends, for whatever reason; never rejects, and does not keep this process alive. */
  readonly exited: Promise<ExitInfo>;
  /** Ends it and its workers; escalates when it does not listen. Harmless when it is gone. */
  stop(mode?: StopMode): Promise<void>;
}

export interface ServerIdentity {
  readonly pid: number;
  readonly port: number;
  readonly dataDir: string;
  readonly log: string;
  readonly superuserPassword: string;
  readonly takenPorts: readonly number[];
}

const ADOPTED_POLL_MS = 250;
const PATIENCE_MS: Record<StopMode, number> = { fast: 15_000, immediate: 5_000 };

export function handleFor(server: ServerIdentity, child: ChildProcess | undefined): RunningPostgres {
  const { pid, port, dataDir } = server;
  const stopRotating = keepRotating(server.log);
  const exited = (child === undefined ? watchForeign(pid, dataDir) : watchChild(child)).finally(stopRotating);
  const credentials = `${SUPERUSER}:${encodeURIComponent(server.superuserPassword)}`;
  return {
    pid,
    port,
    adopted: child === undefined,
    takenPorts: server.takenPorts,
    url: (database = 'postgres') =>
      `postgresql://${credentials}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    exited,
    stop: (mode = 'fast') => stopPostmaster(pid, dataDir, mode),
  };
}

async function stopPostmaster(pid: number, dataDir: string, mode: StopMode): Promise<void> {
  const steps: readonly [NodeJS.Signals, number][] = [
    ...(mode === 'fast' ? [['SIGINT', PATIENCE_MS.fast] as [NodeJS.Signals, number]] : []),
    ['SIGQUIT', PATIENCE_MS.immediate],
    ['SIGKILL', PATIENCE_MS.immediate],
  ];
  for (const [signal, patience] of steps) {
    // Asked anew before every signal: the number may have passed to a stranger.
    if (!(await isPostmasterOf(pid, dataDir))) break;
    kill(pid, signal);
    if (await until(async () => !(await isPostmasterOf(pid, dataDir)), patience)) break;
  }
  if (await isPostmasterOf(pid, dataDir)) {
    throw new ExternalError(`PostgreSQL (process ${pid}) does not end, not even by SIGKILL`, {
      command: `kill -9 ${pid}`,
    });
  }
  await sweepOrphans(dataDir);
}

function watchChild(child: ChildProcess): Promise<ExitInfo> {
  const info = (code: number | null, signal: NodeJS.Signals | null): ExitInfo => ({
    code: code ?? undefined,
    signal: signal ?? undefined,
  });
  if (child.exitCode !== null || child.signalCode !== null)
    return Promise.resolve(info(child.exitCode, child.signalCode));
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(info(code, signal))));
}

function watchForeign(pid: number, dataDir: string): Promise<ExitInfo> {
  return new Promise((resolve) => {
    const look = async (): Promise<void> => {
      if (!(await isPostmasterOf(pid, dataDir))) resolve({ code: undefined, signal: undefined });
      else setTimeout(() => void look(), ADOPTED_POLL_MS).unref();
    };
    void look();
  });
}
