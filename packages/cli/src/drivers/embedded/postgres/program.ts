import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { ExternalError, UserError } from '../../../platform/errors.ts';
import { explainFiles } from './explain.ts';
import type { RunAs } from './run-as.ts';
import { NOBODY, spawnIdentity } from './run-as.ts';

export interface ProgramOptions {
  readonly dataDir: string;
  readonly runAs: RunAs | undefined;
  readonly env: Record<string, string>;
  /** Goes to standard input: the place for secrets, which a command line would show to everybody. */
  readonly input?: string;
}

interface Ended {
  readonly status: number | string;
  readonly text: string;
}

/** initdb and single-user mode insist on a name for their user; the server itself does not. */
const NAMELESS = /could not look up effective user ID/;

/** Shows the process another user number, one that has a name; on disk everything stays the real user's. */
const RENAMED = ['unshare', '--user', `--map-user=${NOBODY.uid}`, `--map-group=${NOBODY.gid}`, '--'];

/**
 * Runs a short program inside the data directory, to its end. A user without an entry in the user database, as in
 * `docker run --user 12345`, gets a user namespace where the kernel allows one.
 *
 * @throws UserError for a known cause (disk, memory, rights, damaged files), ExternalError for any other failure.
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<void> {
  let ended = await runOnce([file, ...args], options);
  if (ended.status !== 0 && NAMELESS.test(ended.text) && process.platform === 'linux') {
    const renamed = await runOnce([...RENAMED, file, ...args], options).catch(() => undefined);
    if (renamed === undefined || /unshare: |look up effective user/.test(renamed.text))
      throw namelessError(options.runAs);
    ended = renamed;
  }
  if (ended.status === 0) return;
  const name = basename(file);
  throw (
    explainFiles(ended.text, options.dataDir) ??
    new ExternalError(`${name} failed`, {
      command: `${name} ${args.join(' ')}`,
      lastLines: ended.text.trim().split('\n').slice(-12),
      ...(typeof ended.status === 'number' ? { exitStatus: ended.status } : {}),
    })
  );
}

function runOnce([file = '', ...args]: readonly string[], options: ProgramOptions): Promise<Ended> {
  const output: Buffer[] = [];
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.dataDir,
      env: options.env,
      ...spawnIdentity(options.runAs),
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ status: code ?? signal ?? 'unknown', text: Buffer.concat(output).toString('utf8') });
    });
    child.stdout.on('data', (data: Buffer) => output.push(data));
    child.stderr.on('data', (data: Buffer) => output.push(data));
    child.stdin.on('error', () => undefined); // it ended without reading: its exit code says more
    child.stdin.end(options.input ?? '');
  });
}

function namelessError(runAs: RunAs | undefined): UserError {
  const uid = runAs?.uid ?? process.getuid?.();
  return new UserError(
    `user ${uid} has no entry in /etc/passwd, and PostgreSQL needs a name to create its files`,
    {
      next: [
        'Run hometrip as a user that has one, or as root',
        `Or add one: echo 'hometrip:x:${uid}:${uid}::/tmp:/bin/sh' >> /etc/passwd`,
      ],
    },
  );
}
