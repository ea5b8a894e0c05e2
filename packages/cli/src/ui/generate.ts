/** Shows what `generate` did or would do: a line for every file that is not plain, and one line of counts. */
import type { FileAction, PlanEntry } from '../files/file-plan.ts';
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

export async function presentGenerate(
  result: GenerateResult,
  view: GenerateView,
  terminal: Terminal,
): Promise<void> {
  presentFindings(result, terminal);
  const { entries } = result.plan;
  if (view.diff) {
    const { formatDiff } = await import('../files/diff.ts');
    const text = formatDiff(result.plan);
    if (text !== '') terminal.out(text.trimEnd());
  }
  if (view.check) {
    if (result.drift) for (const entry of changing(entries)) terminal.out(line(entry, terminal));
    const open = needsUser(entries);
    const stale = changing(entries).length > open.length;
    if (stale) terminal.err('generated files differ from services.yaml: run hometrip generate');
    else if (open.length > 0) terminal.err(`${open.length} files wait for you: see docs/regeneration.md`);
    else if (result.drift) terminal.err('what hometrip generate recorded is out of date: run it');
    else terminal.err('generated files are up to date');
    return;
  }
  const byAction = Map.groupBy(entries, (entry) => entry.action);
  if (!view.diff) {
    for (const [action, group] of byAction) {
      if (action === 'unchanged' || action === 'keep') continue;
      const many =
        (action === 'create' || action === 'skip') && group.length > shownPerAction && !view.dryRun;
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

/** One line about a generation that is part of something else: `17 created, 15 updated`; empty when nothing changed. */
export function generationSummary({ plan }: GenerateResult): string {
  const byAction = Map.groupBy(changing(plan.entries), ({ action }) => action);
  return [...byAction].map(([action, group]) => `${group.length} ${looks[action].past}`).join(', ');
}

/** Files that generate left alone because only the user can decide: after `up` nobody would look for them. */
export function presentOpen(result: GenerateResult, terminal: Terminal): void {
  presentFindings(result, terminal);
  const { plan } = result;
  const open = needsUser(plan.entries);
  if (open.length === 0) return;
  terminal.err(terminal.styleErr(['red', 'bold'], `${open.length} generated files wait for you:`));
  for (const entry of open) terminal.err(line(entry, terminal));
}

/** Code that cannot be asked is no reason not to generate: its service may be under work. */
function presentFindings({ findings }: GenerateResult, terminal: Terminal): void {
  for (const { service, message, where } of findings) {
    terminal.err(
      `${terminal.styleErr(['yellow', 'bold'], 'warning:')} ${service} cannot say which routes it has: ${message}`,
    );
    if (where !== undefined) terminal.err(`  at ${where}`);
    terminal.err(
      '  its openapi.json, its callers and the client stay as they are: correct it, and generate again',
    );
  }
}

/** Neither written nor as they should be. */
export const needsUser = (entries: readonly PlanEntry[]): readonly PlanEntry[] =>
  entries.filter(({ action }) => action === 'conflict' || action === 'refuse');

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
  files: result.plan.entries.map(entryJson),
  ...(result.findings.length > 0 && { findings: result.findings }),
});

/** Only what changed or waits. */
export const changesJson = (result: GenerateResult) => changing(result.plan.entries).map(entryJson);

const entryJson = ({ path, action, cause, conflicts }: PlanEntry) => ({
  path,
  action,
  cause,
  ...(conflicts === undefined ? {} : { conflicts }),
});
