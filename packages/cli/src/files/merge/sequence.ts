/** Three-way merge of a list by its elements: additions of both sides are both kept. */
import { diffIndices } from 'node-diff3';

interface Hunk {
  readonly start: number;
  readonly end: number;
  readonly insert: readonly string[];
}

/**
 * Merges element keys. Two insertions at one place are both kept, the generated ones first (so the user's stay at the
 * end, where they were put). Undefined when both sides replaced the same elements in different ways.
 */
export function mergeSequence(
  base: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
): string[] | undefined {
  const [ours, news] = [hunks(base, mine), hunks(base, theirs)];
  for (const a of ours) {
    for (const b of news) {
      const overlaps = a.start < b.end && b.start < a.end;
      if (overlaps && !sameHunk(a, b) && (a.insert.length > 0 || b.insert.length > 0)) return undefined;
    }
  }
  const removed = new Set<number>();
  const inserts = new Map<number, string[]>();
  for (const hunk of [...news, ...ours.filter((a) => !news.some((b) => sameHunk(a, b)))]) {
    for (let index = hunk.start; index < hunk.end; index++) removed.add(index);
    const there = inserts.get(hunk.start) ?? [];
    inserts.set(hunk.start, [...there, ...hunk.insert.filter((key) => !there.includes(key))]);
  }
  const result: string[] = [];
  for (let index = 0; index <= base.length; index++) {
    result.push(...(inserts.get(index) ?? []));
    if (!removed.has(index)) result.push(...base.slice(index, index + 1));
  }
  return result;
}

function hunks(base: readonly string[], side: readonly string[]): Hunk[] {
  return diffIndices([...base], [...side]).map(({ buffer1: [start, length], buffer2Content }) => ({
    start,
    end: start + length,
    insert: buffer2Content,
  }));
}

function sameHunk(a: Hunk, b: Hunk): boolean {
  return (
    a.start === b.start &&
    a.end === b.end &&
    a.insert.length === b.insert.length &&
    a.insert.every((key, i) => key === b.insert[i])
  );
}
