import { createReadStream, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { assembleEntries } from './entries.ts';
import { rotatedFiles, type LogSource } from './files.ts';
import type { LogLine } from '../../driver.ts';

/** All entries of one instance up to `end` bytes of its current file, rotated parts first. */
export async function* readHistory(source: LogSource, end: number): AsyncGenerator<LogLine> {
  const entries = assembleEntries(source, new Date(0));
  for (const path of [...rotatedFiles(source.path), source.path]) {
    const limit = path === source.path ? end : (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
    if (limit === 0) continue;
    const input = createReadStream(path, { end: limit - 1, highWaterMark: 256 << 10 });
    input.on('error', () => undefined); // rotated away between listing and opening
    for await (const raw of createInterface({ input, crlfDelay: Infinity }))
      if (raw !== '') yield* entries.take(raw);
  }
  yield* entries.rest();
}

/** Merges sorted streams by time; equal times keep the order of the streams. */
export async function* mergeByTime(streams: readonly AsyncGenerator<LogLine>[]): AsyncGenerator<LogLine> {
  const heads: { stream: AsyncGenerator<LogLine>; line: LogLine }[] = [];
  const push = async (stream: AsyncGenerator<LogLine>): Promise<void> => {
    const next = await stream.next();
    if (next.done !== true) heads.push({ stream, line: next.value });
  };
  try {
    for (const stream of streams) await push(stream);
    while (heads.length > 0) {
      const first = heads.reduce((best, head) => (head.line.time < best.line.time ? head : best));
      yield first.line;
      const next = await first.stream.next();
      if (next.done === true) heads.splice(heads.indexOf(first), 1);
      else first.line = next.value;
    }
  } finally {
    await Promise.all(streams.map((stream) => stream.return(undefined)));
  }
}
