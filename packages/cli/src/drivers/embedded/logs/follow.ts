import { closeSync, openSync, readSync, statSync, watch } from 'node:fs';
import type { LogLine } from '../../driver.ts';
import { logSources, type LogSource } from './files.ts';
import { assembleEntries, type Entries } from './entries.ts';

const CHUNK = 64 << 10;
const POLL_MS = 500;
/** A trace is written at once; it may be read in two. */
const PATIENCE_MS = 50;
/** Lines of one burst are sorted by time; a consumer that is slow gets larger bursts, and nothing piles up here. */
const BURST = 2_000;

interface Cursor {
  readonly source: LogSource;
  offset: number;
  rest: string;
  readonly entries: Entries;
}

/** New lines from the given offsets on, of files that exist and of those that come, over rotations, until aborted. */
export async function* followLogs(
  logs: string,
  wanted: (source: LogSource) => boolean,
  offsets: ReadonlyMap<string, number>,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const cursors = new Map<string, Cursor>();
  let wake: () => void = () => undefined;
  let dirty = true;
  const watcher = watch(logs, () => {
    dirty = true;
    wake();
  });
  const stop = (): void => wake();
  signal.addEventListener('abort', stop);
  try {
    while (!signal.aborted) {
      dirty = false;
      for (const source of (await logSources(logs)).filter(wanted)) {
        if (!cursors.has(source.path)) {
          cursors.set(source.path, {
            source,
            offset: offsets.get(source.path) ?? 0,
            rest: '',
            entries: assembleEntries(source, new Date()),
          });
        }
      }
      const lines = [...cursors.values()]
        .flatMap(readNew)
        .sort((a, b) => a.time.getTime() - b.time.getTime());
      yield* lines;
      if (lines.length > 0 || dirty) continue;
      const open = [...cursors.values()].filter(({ entries }) => entries.open);
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, open.length > 0 ? PATIENCE_MS : POLL_MS).unref(); // where events get lost
        if (signal.aborted || dirty) resolve();
      });
      if (!dirty) yield* open.flatMap(({ entries }) => entries.rest());
    }
  } finally {
    watcher.close();
    signal.removeEventListener('abort', stop);
  }
}

function readNew(cursor: Cursor): LogLine[] {
  const lines: LogLine[] = [];
  const size = statSync(cursor.source.path, { throwIfNoEntry: false })?.size ?? 0;
  if (size < cursor.offset) {
    // Rotated: the copy has the same offsets, so nothing between our last look and the cut is missed.
    readFrom(`${cursor.source.path}.1`, cursor, lines, Number.POSITIVE_INFINITY);
    cursor.offset = 0;
  }
  readFrom(cursor.source.path, cursor, lines, BURST);
  return lines;
}

function readFrom(path: string, cursor: Cursor, lines: LogLine[], limit: number): void {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return;
  }
  try {
    const buffer = Buffer.alloc(CHUNK);
    for (;;) {
      const length = readSync(file, buffer, 0, CHUNK, cursor.offset);
      // Whole lines only, so that no character is cut in two; a single line longer than a chunk is taken in parts.
      const end = buffer.lastIndexOf(0x0a, length - 1) + 1;
      const taken = length === 0 ? 0 : end > 0 ? end : length === CHUNK ? length : 0;
      if (taken === 0) return;
      cursor.offset += taken;
      const texts = (cursor.rest + buffer.toString('utf8', 0, taken)).split('\n');
      cursor.rest = texts.pop() ?? '';
      for (const raw of texts) {
        if (raw !== '') lines.push(...cursor.entries.take(raw));
      }
      if (lines.length >= limit) return;
    }
  } finally {
    closeSync(file);
  }
}
