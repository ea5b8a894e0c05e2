/** Shows what `generate` did or would do: a line for every file that is not plain, and one line of counts. */
import { formatDiff, isDrift, type FileAction, type PlanEntry } from '../files/index.ts';
import type { GenerateResult } from '../usecases/generate.ts';
import type { Terminal } from './terminal.ts';

type Style = Parameters<Terminal['style']>[0];
const looks: Record<FileAction, { sign: string; style: Style; past: string; future: string }> = {
  create: { sign: '+', style: 'green', past: 'created', future: 'to create' },
  update: { sign: '~', style: 'yellow', past: 'updated', future: 'to update' },
  merge: { sign: '±', style: 'yellow', past: 'merged with your edits', future: 'to merge with your edits' },
  resolve: { sign: '±', style: 'yellow', past: 'resolved', future: 'to resolve' },
  restore: { sign: '+', style: 'green', past: 'restored', future: 'to restore' },
  adopt: { sign: '+', style: 'green', past: 'adopted', future: 'to adopt' },
  delete: { sign: '-', style: 'red', past: 'deleted', future: 'to delete' },
  keep: { sign: '=', style: 'dim', past: 'kept as you edited them', future: 'kept as you edited them' },
  skip: { sign: '=', style: 'dim', past: 'left deleted', future: 'left deleted' },
  unchanged: { sign: ' ', style: 'dim', past: 'unchanged', future: 'unchanged' },
  conflict: { sign: '!', style: ['red', 'bold'], past: 'in conflict', future: 'in conflict' },
  refuse: { sign: '!', style: ['red', 'bold'], past: 'refused', future: 'refused' },
};
/** More lines than this of one kind say nothing that their count does not say. */
const shownPerAction = 12;

export interface GenerateView {
  readonly diff: boolean;
  readonly check: boolean;
  readonly dryRun: boolean;
}

export function presentGenerate(result: GenerateResult, view: GenerateView, terminal: Terminal): void {
  const { entries } = result.plan;
  if (view.diff) {
    const text = formatDiff(result.plan);
    if (text !== '') terminal.out(text.trimEnd());
  }
  if (view.check) {
    if (isDrift(result.plan)) for (const entry of changing(entries)) terminal.out(line(entry, terminal));
    terminal.err(
      isDrift(result.plan)
        ? 'generated files differ from services.yaml: run hometrip generate'
        : 'generated files are up to date',
    );
    return;
  }
  const byAction = Map.groupBy(entries, (entry) => entry.action);
  if (!view.diff) {
    for (const [action, group] of byAction) {
      if (action === 'unchanged' || action === 'keep' || action === 'skip') continue;
      const many = action === 'create' && group.length > shownPerAction && !view.dryRun;
      for (const entry of many ? [] : group) terminal.out(line(entry, terminal));
    }
  }
  const counts = [...byAction].map(
    ([action, group]) => `${group.length} ${view.dryRun ? looks[action].future : looks[action].past}`,
  );
  terminal.err(
    `${entries.length} files: ${counts.join(', ')}${view.dryRun ? ' (dry run: nothing was written)' : ''}`,
  );
}

function line(entry: PlanEntry, terminal: Terminal): string {
  const look = looks[entry.action];
  const places = (entry.conflicts ?? []).map(({ file, line }) => `\n    ${file}:${line}`).join('');
  return `${terminal.style(look.style, `${look.sign} ${entry.path}`)}  ${terminal.style('dim', entry.cause)}${places}`;
}

const changing = (entries: readonly PlanEntry[]) =>
  entries.filter(({ action }) => action !== 'unchanged' && action !== 'keep' && action !== 'skip');

/** The same for tools. */
export const generateJson = (result: GenerateResult) => ({
  applied: result.applied,
  files: result.plan.entries.map(({ path, action, cause, conflicts }) => ({
    path,
    action,
    cause,
    ...(conflicts === undefined ? {} : { conflicts }),
  })),
});
