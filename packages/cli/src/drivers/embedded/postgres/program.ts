import { spawn } from 'node:child_process';
import { ExternalError } from '../../../platform/errors.ts';
import { explainFiles } from './explain.ts';
import type { RunAs } from './run-as.ts';
import { spawnIdentity } from './run-as.ts';

export interface ProgramOptions {
  readonly dataDir: string;
  readonly runAs: RunAs | undefined;
  readonly env: Record<string, string>;
  /** Goes to standard input: the place for secrets, which a command line would show to everybody. */
  readonly input?: string;
}

/**
 * Runs a short program inside the data directory, to its end.
 *
 * @throws UserError for a known cause (disk, memory, rights, damaged files), ExternalError for any other failure.
 */
export async function runProgram(file: string, args: readonly string[], options: ProgramOptions): Promise<void> {
  const output: Buffer[] = [];
  const code = await new Promise<number | string>((resolve, reject) => {
    const child = spawn(file, args, { cwd: options.dataDir, env: options.env, ...spawnIdentity(options.runAs) });
    child.once('error', reject);
    child.once('close', (status, signal) => resolve(status ?? signal ?? 'unknown'));
    child.stdout.on('data', (data: Buffer) => output.push(data));
    child.stderr.on('data', (data: Buffer) => output.push(data));
    child.stdin.on('error', () => undefined); // it ended without reading: its exit code says more
    child.stdin.end(options.input ?? '');
  });
  if (code === 0) return;
  const text = Buffer.concat(output).toString('utf8');
  const name = file.slice(file.lastIndexOf('/') + 1);
  throw explainFiles(text, options.dataDir) ?? new ExternalError(`${name} failed`, {
    command: `${name} ${args.join(' ')}`,
    lastLines: text.trim().split('\n').slice(-12),
    ...(typeof code === 'number' ? { exitStatus: code } : {}),
  });
}
