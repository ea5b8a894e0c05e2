import { statSync } from 'node:fs';
import type { LogLine, LogQuery } from '../../driver.ts';
import { logSources, type LogSource } from './files.ts';
import { matches } from './filter.ts';
import { followLogs } from './follow.ts';
import { mergeByTime, readHistory } from './history.ts';

/** Names of logs that are not an instance's; shown when asked for by name. */
const OWN = ['supervisor', 'edge'];

/** Merged lines of all chosen services and replicas, oldest first; then, with `follow`, what comes, until aborted. */
export async function* readLogs(logs: string, query: LogQuery, signal: AbortSignal): AsyncGenerator<LogLine> {
  const wanted = ({ service }: LogSource): boolean =>
    query.services.length === 0 ? !OWN.includes(service) : query.services.includes(service);
  const sources = (await logSources(logs)).filter(wanted);
  const offsets = new Map(
    sources.map(({ path }) => [path, statSync(path, { throwIfNoEntry: false })?.size ?? 0]),
  );
  const streams = sources.map((source) =>
    filtered(readHistory(source, offsets.get(source.path) ?? 0), query),
  );
  if (query.tail === undefined) {
    for await (const line of mergeByTime(streams)) {
      if (signal.aborted) return;
      yield line;
    }
  } else {
    yield* await lastOf(streams, query.tail, signal);
  }
  if (!query.follow) return;
  for await (const line of followLogs(logs, wanted, offsets, signal)) if (matches(line, query)) yield line;
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

async function* filtered(stream: AsyncGenerator<LogLine>, query: LogQuery): AsyncGenerator<LogLine> {
  for await (const line of stream) if (matches(line, query)) yield line;
}
