import type { LogLine, LogQuery } from '../../driver.ts';
import { LEVELS, type Level } from './parse.ts';

/** Whether a line is what the query asks for. Lines without a level count as `info`: a stack trace is never hidden by default. */
export function matches(line: LogLine, { since, grep, level }: LogQuery): boolean {
  if (since !== undefined && line.time < since) return false;
  if (level !== undefined && rank(line.level) < LEVELS.indexOf(level)) return false;
  if (grep === undefined) return true;
  grep.lastIndex = 0; // a global or sticky expression remembers
  return grep.test(line.raw);
}

function rank(level: string | undefined): number {
  const index = LEVELS.indexOf(level as Level);
  return index < 0 ? LEVELS.indexOf('info') : index;
}
