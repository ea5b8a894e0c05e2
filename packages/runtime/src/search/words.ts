/** How texts become words, the same for every adapter; folding of accents and word forms is the server's part. */

/** Letters of a word that count. */
export const LONGEST = 255;

/**
 * `Casa-Verde, 3º` → casa, verde, 3o. Composed, so that both ways to write é are one, and without the marks that then are left:
 * in Korean, Japanese, Greek or Russian a letter without its mark is another one, and not every server folds it.
 */
export function wordsOf(text: string): string[] {
  return split(text.normalize('NFKC').toLowerCase().replace(MARKS, ''));
}

/** The same words without any marks: for a server that keeps what it is given. */
export function foldedWordsOf(text: string): string[] {
  return split(text.normalize('NFKD').replace(MARKS, '').toLowerCase());
}

const MARKS = /\p{M}+/gu;

const split = (plain: string): string[] =>
  (plain.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.slice(0, LONGEST));

/** Elasticsearch's `AUTO`: none up to 2 letters, one up to 5, two beyond. */
export function allowedEdits(word: string): 0 | 1 | 2 {
  const { length } = [...word];
  return length < 3 ? 0 : length < 6 ? 1 : 2;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment); stops counting beyond `max`. */
export function within(max: number, left: string, right: string): boolean {
  const a = [...left];
  const b = [...right];
  if (Math.abs(a.length - b.length) > max) return false;
  let before: number[] = [];
  let last = b.map((_, j) => j).concat(b.length);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (last[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(replaced, (last[j] as number) + 1, (row[j - 1] as number) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] as number) + 1);
      row.push(best);
    }
    [before, last] = [last, row];
  }
  return (last[b.length] as number) <= max;
}
