import { BugError, ExternalError, UserError } from '../platform/errors.ts';
import type { Terminal } from './terminal.ts';
import { visible } from './visible.ts';
import { wrap } from './width.ts';

/** Shows any thrown value as the user should see it. Returns the exit code. */
export function presentError(error: unknown, terminal: Terminal, json: boolean): number {
  if (json) {
    // On one line: it may be the last of a stream of events.
    terminal.jsonLine({ error: describe(error) });
    return exitCodeOf(error);
  }
  const { message, where, next, details } = describe(error);
  const fit = (text: string, indent: number): string =>
    terminal.columnsErr === undefined ? text : wrap(text, terminal.columnsErr, indent);
  const whole = visible(where === undefined ? message : `${where}: ${message}`);
  terminal.err(`${terminal.styleErr(['red', 'bold'], 'error')}  ${fit(whole, 7)}`);
  for (const line of details) terminal.err(terminal.styleErr('dim', `       | ${visible(line)}`));
  for (const step of next) terminal.err(`       ${terminal.styleErr('cyan', '→')} ${fit(visible(step), 9)}`);
  return exitCodeOf(error);
}

interface Description {
  message: string;
  where: string | undefined;
  next: readonly string[];
  details: readonly string[];
}

function describe(error: unknown): Description {
  if (error instanceof UserError)
    return { message: error.message, where: error.where, next: error.next, details: [] };
  if (error instanceof ExternalError) {
    const status = error.exitStatus === undefined ? '' : ` (exit code ${error.exitStatus})`;
    return {
      message: error.message,
      where: undefined,
      next: [],
      details: [`$ ${error.command}${status}`, ...error.lastLines],
    };
  }
  const advice = adviceFor(error);
  if (advice !== undefined)
    return { message: (error as Error).message, where: undefined, next: [advice], details: [] };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    message: error instanceof Error ? error.message : String(error),
    where: undefined,
    next: ['this is a mistake in hometrip itself: please report it with the lines above'],
    details:
      error instanceof BugError || process.env['HOMETRIP_DEBUG'] !== undefined
        ? stack.split('\n')
        : stack.split('\n').slice(0, 6),
  };
}

/** What the system refuses is for the user to put right, wherever in our code it shows. */
const SYSTEM: Readonly<Record<string, string>> = {
  EACCES: 'run it as the user whom the project belongs to, or give this user the right',
  EPERM: 'run it as the user whom the project belongs to, or give this user the right',
  EROFS: 'the file system is mounted read-only: use a copy of the project that can be written to',
  ENOSPC: 'the disk is full: make room, then run the command again',
  EDQUOT: 'your quota of the disk is used up: make room, then run the command again',
  EEXIST: 'something else lies there: move it away',
  ENOTDIR: 'something else lies there: move it away',
  EISDIR: 'something else lies there: move it away',
  ELOOP: 'a link there leads back to itself: remove it',
  EMFILE: 'too many files are open: raise the limit (ulimit -n 4096), then run the command again',
};

const adviceFor = (error: unknown): string | undefined =>
  error instanceof Error && 'syscall' in error
    ? SYSTEM[String((error as NodeJS.ErrnoException).code)]
    : undefined;

function exitCodeOf(error: unknown): number {
  if (error instanceof UserError) return error.exitCode;
  return error instanceof ExternalError || adviceFor(error) !== undefined ? 1 : 70;
}
