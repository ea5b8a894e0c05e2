/**
 * What all adapters do for followers of kept topics: first what is kept, then what comes, without a gap or a repeat; and
 * the same again after each interruption of the line on which the server announces what comes.
 *
 * A follower is `behind` while the log is read for it, and while there is no line. What is announced meanwhile waits:
 * together, what was read and what was announced since then is everything, provided that the line was there before the
 * log was read.
 */
import { bulkhead, type BulkheadPolicy } from 'cockatiel';
import { backoff, pause } from '../backoff.ts';
import type { Logger } from '../log.ts';
import type { Follower, Following, Keep } from './port.ts';
import { isAfter, isPosition } from './position.ts';

export interface Entry {
  readonly position: string;
  /** Absent: the entry only marks where a log began. */
  readonly message?: unknown;
}

/** What an adapter must do. */
export interface KeptLog {
  /**
   * The oldest `limit` entries after that position; undefined when the log does not hold the position itself. Without a position,
   * the oldest of all.
   */
  read(topic: string, after: string | undefined, limit: number): Promise<readonly Entry[] | undefined>;
  /** Position of the newest entry. A log without any begins with a mark, so that its position can be found again. */
  head(topic: string, keep: Keep): Promise<string>;
  /** They have followers: they are not forgotten yet. */
  renew(topics: readonly { readonly topic: string; readonly keep: Keep }[]): Promise<void>;
}

/** On which the server announces what comes. */
export interface Line {
  /** Has what is announced for this topic come to `receive`. */
  listen(topic: string): Promise<void>;
  /** Called when the last follower has left. */
  leave(topic: string): Promise<void>;
}

interface Cursor {
  readonly follower: Follower;
  /** Empty: before everything. */
  position: string;
  /** What was announced while it is behind; undefined when it is not. */
  waiting: Entry[] | undefined;
  /** The line was interrupted while the log was read: what waits does not join what was read. */
  stale: boolean;
  /** Somebody is reading for it. */
  reading: boolean;
  ended: boolean;
}

/** Entries of one answer of the server. */
const PAGE = 50;
/** Readings at a time, so that thousands of followers who come back at once do not run into time limits. */
const READERS = 8;
const MOST_WAITING = 1_000;
const RETRY = { base: 50, max: 1_000 };
const RENEW_MS = 15_000;

export class Followers {
  readonly #log: KeptLog;
  readonly #line: Line;
  readonly #logger: Logger;
  readonly #topics = new Map<string, Set<Cursor>>();
  readonly #renewed = new Map<string, number>();
  readonly #stop = new AbortController();
  readonly #readers: BulkheadPolicy = bulkhead(READERS, Number.MAX_SAFE_INTEGER);
  readonly #renewing: NodeJS.Timeout;
  /** From `back` to `interrupted`. Adapters make the first line before `listen` resolves. */
  #isLineThere = true;
  /** One line of log for a trouble, not one for each follower. */
  #troubled = false;

  constructor(log: KeptLog, line: Line, logger: Logger) {
    this.#log = log;
    this.#line = line;
    this.#logger = logger;
    this.#renewing = setInterval(() => void this.#renew(), RENEW_MS).unref();
  }

  has(topic: string): boolean {
    return this.#topics.has(topic);
  }

  get names(): readonly string[] {
    return [...this.#topics.keys()];
  }

  /** @throws what the adapter throws when the server cannot be reached. */
  async follow(topic: string, follower: Follower): Promise<Following> {
    const cursor: Cursor = {
      follower,
      position: '',
      waiting: [],
      stale: false,
      reading: true,
      ended: false,
    };
    const cursors = this.#topics.get(topic) ?? new Set();
    this.#topics.set(topic, cursors.add(cursor));
    const end = async (): Promise<void> => {
      cursor.ended = true;
      if (!cursors.delete(cursor) || cursors.size > 0) return;
      this.#topics.delete(topic);
      this.#renewed.delete(topic);
      await this.#line.leave(topic);
    };
    try {
      await this.#line.listen(topic);
      const { after, oldest = false } = follower;
      const fromOldest = oldest && after === undefined;
      if (after !== undefined && isPosition(after)) cursor.position = after;
      else if (!fromOldest) await this.#skip(topic, cursor, after !== undefined);
      if (after !== undefined || fromOldest || !this.#joins(cursor)) await this.#read(topic, cursor);
      await this.#catchUp(topic, cursor);
    } catch (error) {
      await end().catch(() => undefined);
      throw error;
    }
    return {
      get position() {
        return cursor.position;
      },
      get current() {
        return cursor.waiting === undefined;
      },
      end,
    };
  }

  /** @param position Undefined for what is not kept. */
  receive(topic: string, message: unknown, position: string | undefined): void {
    for (const cursor of this.#topics.get(topic) ?? []) {
      if (position === undefined) cursor.follower.receive(message, undefined);
      else if (cursor.waiting === undefined) deliver(cursor, { position, message });
      else if (cursor.waiting.push({ position, message }) > MOST_WAITING) setBack(cursor);
    }
  }

  /** The line is gone, or not to be trusted. Called before anything arrives on the next one. */
  interrupted(): void {
    this.#isLineThere = false;
    for (const [, cursor] of this.#all()) setBack(cursor);
  }

  /** The line is there, and all topics are listened to. */
  back(): void {
    this.#isLineThere = true;
    for (const topic of this.#topics.keys()) this.missed(topic);
  }

  /** Something of this topic did not come, although the line is there. */
  missed(topic: string): void {
    for (const cursor of this.#topics.get(topic) ?? []) {
      setBack(cursor);
      if (!cursor.reading) void this.#catchUp(topic, cursor);
    }
  }

  close(): void {
    clearInterval(this.#renewing);
    this.#stop.abort();
    for (const [, cursor] of this.#all()) cursor.ended = true;
  }

  *#all(): Generator<[string, Cursor]> {
    for (const [topic, cursors] of this.#topics) for (const cursor of cursors) yield [topic, cursor];
  }

  /** Until it is no longer behind, or there is no line: `back` begins again. Never rejects. */
  async #catchUp(topic: string, cursor: Cursor): Promise<void> {
    cursor.reading = true;
    for (let failures = 0; cursor.waiting !== undefined && this.#isLineThere && !cursor.ended; ) {
      try {
        await this.#read(topic, cursor);
        failures = 0;
        this.#troubled = false;
      } catch (error) {
        failures += 1;
        if (!this.#troubled)
          this.#logger.warn({ err: error, topic }, 'What is kept cannot be read; trying again');
        this.#troubled = true;
        await pause(backoff(failures, RETRY), this.#stop.signal);
      }
    }
    cursor.reading = false;
  }

  /** Once. Leaves it behind when the line is not there, or was interrupted meanwhile. */
  async #read(topic: string, cursor: Cursor): Promise<void> {
    cursor.reading = true;
    cursor.stale = false;
    for (let more = true; more && !cursor.ended; ) {
      const entries = await this.#readers.execute(() =>
        this.#log.read(topic, cursor.position || undefined, PAGE),
      );
      if (entries === undefined) {
        await this.#skip(topic, cursor, true);
        continue;
      }
      for (const entry of entries) {
        if (cursor.ended) return;
        deliver(cursor, entry);
        await cursor.follower.pace?.();
      }
      more = entries.length === PAGE;
    }
    this.#joins(cursor);
  }

  /** Whether what was read and what waits are together everything: then it is no longer behind. */
  #joins(cursor: Cursor): boolean {
    if (cursor.stale || cursor.ended || !this.#isLineThere) return false;
    flush(cursor);
    return true;
  }

  async #skip(topic: string, cursor: Cursor, isGap: boolean): Promise<void> {
    cursor.position = await this.#readers.execute(() => this.#log.head(topic, cursor.follower.keep));
    if (isGap && !cursor.ended) cursor.follower.gap?.();
  }

  async #renew(): Promise<void> {
    const now = performance.now();
    const due = [...this.#topics].flatMap(([topic, cursors]) => {
      const keep = [...cursors][0]?.follower.keep;
      const isDue =
        keep !== undefined && now - (this.#renewed.get(topic) ?? -Infinity) > (keep.seconds * 1_000) / 3;
      return isDue ? [{ topic, keep }] : [];
    });
    if (due.length === 0) return;
    try {
      await this.#log.renew(due);
      for (const { topic } of due) if (this.#topics.has(topic)) this.#renewed.set(topic, now);
    } catch {
      // Next time: two more come before anything is forgotten.
    }
  }
}

function deliver(cursor: Cursor, { position, message }: Entry): void {
  if (!isAfter(position, cursor.position)) return;
  cursor.position = position;
  if (message !== undefined) cursor.follower.receive(message, position);
}

/** Whoever is behind is read for again, from where it was. */
function setBack(cursor: Cursor): void {
  cursor.waiting = [];
  cursor.stale = true;
}

function flush(cursor: Cursor): void {
  const waiting = cursor.waiting ?? [];
  cursor.waiting = undefined;
  cursor.reading = false;
  for (const entry of waiting) if (!cursor.ended) deliver(cursor, entry);
}
