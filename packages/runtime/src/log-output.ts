/** Standard output for logs. */
import pino from 'pino';
import type { DestinationStream } from 'pino';

/** Characters that are handed over in one piece, and the longest that they wait for more, in milliseconds. */
const PIECE = 8192;
const WAIT_MS = 50;
/** Bytes that may wait for a reader that does not read. What is beyond is lost: a stuck terminal must not fill the memory. */
const MOST_WAITING = 16 * 2 ** 20;

export interface Output extends DestinationStream {
  /** Everything is with the operating system when `done` is called. */
  flush(done: (error?: Error) => void): void;
  flushSync(): void;
}

/**
 * Gathers lines and hands them over in pieces: a string that was put together from parts costs more to measure and to copy one by one
 * than all of them at once. What is left when the process ends is written then.
 */
export function standardOutput(): Output {
  const destination = pino.destination({ dest: 1, sync: false, minLength: 0, maxLength: MOST_WAITING });
  // A reader that went away (`service | head`, a lost parent) must never stop a service.
  destination.on('error', () => {});
  process.stdout.on('error', () => {});
  let pending = '';
  let timer: NodeJS.Timeout | undefined;
  const hand = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (pending === '') return;
    const piece = pending;
    pending = '';
    destination.write(piece);
  };
  const flushSync = (): void => {
    hand();
    try {
      destination.flushSync();
    } catch {
      // The pipe is gone, and so are its readers.
    }
  };
  process.on('exit', flushSync);
  return {
    write(line) {
      pending += line;
      if (pending.length >= PIECE) hand();
      else timer ??= setTimeout(hand, WAIT_MS).unref();
    },
    flush(done) {
      hand();
      destination.flush(done);
    },
    flushSync,
  };
}
