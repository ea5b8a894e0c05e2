/** The text of `hometrip generate --diff`. */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { FilePlan } from './file-plan.ts';

/** One unified diff over all files that the plan changes; empty when it changes none. Paths as git writes them. */
export function formatDiff(plan: Pick<FilePlan, 'entries'>): string {
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
