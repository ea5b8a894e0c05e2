/**
 * The proof after every merge: what the user added is still there. A merge that fails it is reported as a conflict,
 * whatever the algorithm believed.
 */
import type { ThreeTexts } from './three-texts.ts';

/** The lines (trimmed, without a comma at the end) that the user added over the base and that the merged text lacks. */
export function lostLines(texts: ThreeTexts, merged: string): string[] {
  return missing(missing(split(texts.mine), split(texts.base)), split(merged));
}

/**
 * Whether each lost line lives on inside a structurally merged region: `import { a, mine } from 'x'` may come back as
 * `import { a, theirs, mine } from 'x'`, so the words of the line are looked for rather than the line: in the region
 * those that the user brought in, anywhere those that the line had from us.
 */
export function wordsSurvive(
  lost: readonly string[],
  regions: readonly string[],
  texts: ThreeTexts,
  merged: string,
): boolean {
  const known = regions.map((region) => new Set(words(region)));
  const after = new Set(words(merged));
  const ours = new Set(words(texts.base).filter((word) => after.has(word)));
  return lost.every((line) =>
    known.some((region) => words(line).every((word) => region.has(word) || ours.has(word))),
  );
}

function split(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim().replace(/,$/, ''))
    .filter((line) => line !== '');
}

/** What is in `from` more often than in `other`. */
function missing(from: readonly string[], other: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of other) left.set(line, (left.get(line) ?? 0) + 1);
  return from.filter((line) => {
    const count = left.get(line) ?? 0;
    if (count > 0) left.set(line, count - 1);
    return count === 0;
  });
}

function words(text: string): string[] {
  return text.match(/[^\s,;{}[\]()]+/g) ?? [];
}
