import { writeSync } from 'node:fs';
import { SUPERVISOR } from '../../../model/own-processes.ts';

/** Who starts the supervisor gives it its log file as standard output and standard error. */
const LOG = 2;

/** What happened to whom; `code` and `signal` are undefined where an adopted process ended, which is no child of ours. */
export interface JournalFields {
  /** `booking-service#2`: `hometrip logs booking-service` shows this line among its own. */
  readonly instance?: string;
  readonly pid?: number | undefined;
  readonly port?: number | undefined;
  readonly code?: number | undefined;
  readonly signal?: string | undefined;
  readonly restarts?: number;
  readonly delayMs?: number;
  readonly reason?: string | undefined;
}

/** Says what the supervisor did or saw. Never throws. */
export type Journal = (level: 'info' | 'warn' | 'error', msg: string, fields?: JournalFields) => void;

/** One JSON line for each entry, shaped as the services write theirs. */
export const createJournal =
  (write: (line: string) => void, now: () => Date): Journal =>
  (level, msg, fields = {}) =>
    write(`${JSON.stringify({ level, time: now().toISOString(), service: SUPERVISOR, msg, ...fields })}\n`);

/** Whole lines at once, so that none is lost at an exit; a full disk must not end what watches over the stack. */
export function writeLine(line: string): void {
  try {
    writeSync(LOG, line);
  } catch {
    // There is no other place to say it.
  }
}
