/** Differences of texts, as people read them. */
import { createTwoFilesPatch, diffArrays, FILE_HEADERS_ONLY } from 'diff';

interface Change {
  readonly path: string;
  /** Missing: a new file. */
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/** One unified diff over all files that the plan changes; empty when it changes none. Paths as git writes them. */
export function formatDiff(plan: { readonly entries: readonly Change[] }): string {
  return plan.entries
    .filter(({ before, after }) => before !== after)
    .map(({ path, before, after }) =>
      createTwoFilesPatch(
        before === undefined ? '/dev/null' : `a/${path}`,
        after === undefined ? '/dev/null' : `b/${path}`,
        before ?? '',
        after ?? '',
        undefined,
        undefined,
        { context: 3, headerOptions: FILE_HEADERS_ONLY },
      ),
    )
    .join('');
}

/** Lines of `after` that `before` does not have, counted from one, without their ends; empty ones left out. */
export function addedLines(
  before: string,
  after: string,
): { readonly line: number; readonly text: string }[] {
  const linesOf = (text: string): string[] => text.replace(/\n$/, '').split(/\r?\n/);
  let line = 1;
  return diffArrays(linesOf(before), linesOf(after)).flatMap(({ value, added, removed }) => {
    if (removed) return [];
    const first = line;
    line += value.length;
    if (!added) return [];
    return value.map((text, index) => ({ line: first + index, text })).filter(({ text }) => text !== '');
  });
}
