import { POSTGRES } from '../../../model/own-processes.ts';
import { UserError } from '../../../platform/errors.ts';
import { parseInstanceId } from '../desired.ts';
import type { Operation } from '../../driver.ts';
import type { Failure } from './execute.ts';
import { StartFailure } from './instance.ts';

/** An error as it travels over the control socket. */
export interface ErrorData {
  readonly message: string;
  readonly where: string | undefined;
  readonly next: readonly string[];
}

/** One error for all that failed: the cause, whom it holds up, what the process said last, and what to do. */
export function rootCause(
  failures: readonly Failure[],
  logFile: (service: string, replica: number) => string,
): ErrorData {
  const [first, ...others] = failures;
  if (first === undefined) return { message: 'nothing failed', where: undefined, next: [] };
  const { operation, error, blocked } = first;
  const instance = parseInstanceId(operation.target);
  const lines = [`${whatFailed(operation)}: ${messageOf(error)}`];
  const last = linesOf(error);
  if (last.length > 0) lines.push('last lines it wrote:', ...last.map((line) => `  ${line}`));
  if (blocked.length > 0) lines.push(`not started because they need it: ${blocked.join(', ')}`);
  const also = others.map((failure) => failure.operation.target);
  if (also.length > 0) lines.push(`also failed: ${also.join(', ')}`);
  return {
    message: lines.join('\n'),
    where: instance === undefined ? whereOf(error) : logFile(instance.service, instance.replica),
    next: nextOf(error, operation),
  };
}

function whatFailed({ kind, target }: Operation): string {
  if (kind === 'migrate') return `the migration of ${target} failed`;
  return parseInstanceId(target) === undefined ? `${target} failed` : `${target} did not become ready`;
}

function nextOf(error: unknown, { kind, target }: Operation): readonly string[] {
  if (error instanceof UserError && error.next.length > 0) return error.next;
  const again = 'put right what it says, then run hometrip up again: it goes on where it stopped';
  // A migration says all there is to say, with its file and line.
  if (kind === 'migrate') return [again];
  return [`see the whole story: hometrip logs ${parseInstanceId(target)?.service ?? POSTGRES}`, again];
}

const whereOf = (error: unknown): string | undefined =>
  error instanceof UserError ? error.where : undefined;

function linesOf(error: unknown): readonly string[] {
  if (error instanceof StartFailure) return error.lastLines;
  const lines = (error as { lastLines?: unknown } | undefined)?.lastLines;
  return Array.isArray(lines) ? lines.map(String) : [];
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
