/** What happens when whoever reads our output goes away (`hometrip logs | head`), or when it cannot be written at all. */
import { fstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

const LOOK_EVERY_MS = 500;

/**
 * Before anything is written: a reader that has gone is no error of ours, and what nobody reads need not go on. Without a
 * reader of our messages alone (stderr), the work goes on silently: it was asked for.
 */
export function endWithReader(
  stdout: NodeJS.WriteStream = process.stdout,
  stderr: NodeJS.WriteStream = process.stderr,
): void {
  // Before oclif's own, which would show a stack trace.
  stdout.prependListener('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE')
      stderr.write(`error  the output cannot be written: ${error.message}\n       → send it elsewhere\n`);
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
  stderr.prependListener('error', () => undefined);
}

/**
 * Ends the process soon after the reader of standard output has gone, also while there is nothing to write. A broken pipe
 * shows at a write only, and Node cannot poll one; Linux tells which processes hold its other end. Where it does not
 * (another system, a reader of another user), the next line that is written ends the process as before.
 */
export function endWithIdleReader(): void {
  const pipe = pipeOf(1);
  if (pipe === undefined) return;
  let readers = readersOf(pipe, allProcesses());
  if (readers.length === 0) return;
  setInterval(() => {
    if (readersOf(pipe, readers).length > 0) return;
    readers = readersOf(pipe, allProcesses());
    if (readers.length === 0) process.exit(0);
  }, LOOK_EVERY_MS).unref();
}

/** `pipe:[4711]`; undefined for files, terminals and sockets. */
function pipeOf(fd: number): string | undefined {
  try {
    return process.platform === 'linux' && fstatSync(fd).isFIFO()
      ? readlinkSync(`/proc/self/fd/${fd}`)
      : undefined;
  } catch {
    return undefined;
  }
}

const allProcesses = (): string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name));

/** Those of these processes that have the pipe open for reading; one that we may not look into has not. */
function readersOf(pipe: string, processes: readonly string[]): string[] {
  return processes.filter((pid) => {
    const folder = join('/proc', pid);
    try {
      return readdirSync(join(folder, 'fd')).some(
        (fd) =>
          linkOf(join(folder, 'fd', fd)) === pipe &&
          // The last digit of the flags is how it was opened: 0 for reading.
          /^flags:\s+\d*0$/m.test(readFileSync(join(folder, 'fdinfo', fd), 'utf8')),
      );
    } catch {
      return false;
    }
  });
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
