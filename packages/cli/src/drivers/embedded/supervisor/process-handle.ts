import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { isAlive, kill } from '../processes.ts';

export interface Exit {
  /** Undefined when unknown: an adopted process is not our child. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

export interface ProcessHandle {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Harmless when the process is gone, whoever has its pid now. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

export interface Launch {
  readonly marker: string;
  readonly main: string;
  readonly nodeOptions: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly logFile: string;
}

const POLL_MS = 150;

/** A start makes much that lives: with room for it, the collector copies it less often (6 % of the CPU time of a start). */
const YOUNG_SPACE = '--min-semi-space-size=16';

/**
 * Starts a Node process that outlives us: in a session of its own, and writing to its log file directly, since a pipe
 * would break with our end of it.
 */
export function launch({ marker, main, nodeOptions, environment, cwd, logFile }: Launch): ProcessHandle {
  const log = openSync(logFile, 'a', 0o600);
  try {
    const child = spawn(process.execPath, [`--title=${marker}`, YOUNG_SPACE, ...nodeOptions, main], {
      cwd,
      env: environment,
      detached: true,
      stdio: ['ignore', log, log],
    });
    const exited = new Promise<Exit>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
      child.once('error', () => resolve({ code: undefined, signal: undefined }));
    });
    child.unref();
    return handle(child.pid ?? 0, marker, exited);
  } finally {
    closeSync(log);
  }
}

/** A process that somebody else started: its end shows only by looking. */
export function adopt(pid: number, marker: string): ProcessHandle {
  const exited = new Promise<Exit>((resolve) => {
    const look = async (): Promise<void> => {
      if (await isAlive(pid, marker)) setTimeout(() => void look(), POLL_MS);
      else resolve({ code: undefined, signal: undefined });
    };
    void look();
  });
  return handle(pid, marker, exited);
}

function handle(pid: number, marker: string, exited: Promise<Exit>): ProcessHandle {
  return {
    pid,
    exited,
    kill: async (signal) => {
      if (pid > 0 && (await isAlive(pid, marker))) kill(pid, signal);
    },
  };
}

export function describeExit({ code, signal }: Exit): string {
  if (signal !== undefined) return `was killed by ${signal}`;
  return code === undefined ? 'ended' : `exited with code ${code}`;
}
