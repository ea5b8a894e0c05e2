import { statSync } from 'node:fs';
import type { LogLine, LogQuery } from '../../driver.ts';
import { logSources } from './files.ts';
import { matches } from './filter.ts';
import { followLogs } from './follow.ts';
import { mergeByTime, readHistory } from './history.ts';
import { selectLogs } from './select.ts';

/** Merged lines of all chosen services and replicas, oldest first; then, with `follow`, what comes, until aborted. */
export async function* readLogs(logs: string, query: LogQuery, signal: AbortSignal): AsyncGenerator<LogLine> {
  const { wanted, tells } = selectLogs(query.services);
  const keep = (line: LogLine): boolean => tells(line) && matches(line, query);
  const sources = (await logSources(logs)).filter(wanted);
  const offsets = new Map(
    sources.map(({ path }) => [path, statSync(path, { throwIfNoEntry: false })?.size ?? 0]),
  );
  const streams = sources.map((source) => filtered(readHistory(source, offsets.get(source.path) ?? 0), keep));
  if (query.tail === undefined) {
    for await (const line of mergeByTime(streams)) {
      if (signal.aborted) return;
      yield line;
    }
  } else {
    yield* await lastOf(streams, query.tail, signal);
  }
  if (!query.follow) return;
  for await (const line of followLogs(logs, wanted, offsets, signal)) if (keep(line)) yield line;
}

/** The last `count` of all: each stream contributes at most that many, so nothing has to be merged as a whole. */
async function lastOf(
  streams: readonly AsyncGenerator<LogLine>[],
  count: number,
  signal: AbortSignal,
): Promise<LogLine[]> {
  const tails = await Promise.all(
    streams.map(async (stream) => {
      let tail: LogLine[] = [];
      for await (const line of stream) {
        if (signal.aborted) break;
        tail.push(line);
        if (tail.length > 2 * count + 1_000) tail = tail.slice(-count);
      }
      return count === 0 ? [] : tail.slice(-count);
    }),
  );
  const merged = tails.flat().sort((a, b) => a.time.getTime() - b.time.getTime());
  return count === 0 ? [] : merged.slice(-count);
}

async function* filtered(
  stream: AsyncGenerator<LogLine>,
  keep: (line: LogLine) => boolean,
): AsyncGenerator<LogLine> {
  for await (const line of stream) if (keep(line)) yield line;
}
