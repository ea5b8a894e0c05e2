/**
 * What is known of a service's migrations before the next ones are rendered: the tables that they lead to, and their texts.
 * Migrations that no database has seen are taken back first, so that only what may be applied somewhere counts.
 */
import type { Service } from '../../../model/stack.ts';
import type { Draft, RenderContext } from '../../renderer.ts';
import type { Table } from './table.ts';

/** `schema.json`. */
export interface Snapshot {
  /** Files that generation wrote, all of them, in order. */
  readonly migrations: readonly string[];
  readonly tables: readonly Table[];
}

export interface History extends Snapshot {
  /** Texts of `migrations` by name, and of files that were written by hand when they come from another folder. */
  readonly texts: ReadonlyMap<string, string>;
  /** Names of all files in the folder that stay, those written by hand included. */
  readonly names: readonly string[];
  /** Paths that go: migrations taken back, and the folder of a service's earlier name. */
  readonly gone: readonly string[];
  /** There is a snapshot, on disk or in the memory of the generator. */
  readonly known: boolean;
}

/** Files of the history are missing: what to say, and whether we can bring them back ourselves. */
export interface LostHistory {
  readonly folder: string;
  readonly missing: readonly string[];
  readonly restorable: boolean;
}

export const migrationsOf = (service: string): string => `services/${service}/migrations`;
const isSql = (name: string): boolean => name.endsWith('.sql');
const none: Snapshot = { migrations: [], tables: [] };

/** A service with an earlier name that has a history of its own as well: one of the two would be lost. */
export interface TwoHistories {
  readonly folder: string;
  readonly earlier: string;
}

/** @param tables Names of the service's tables, to tell migrations of ours when nothing else is left. */
export function readHistory(
  service: Service,
  tables: readonly string[],
  context: RenderContext,
): History | LostHistory | TwoHistories {
  const own = migrationsOf(service.name);
  const from = service.renamedFrom === undefined ? undefined : migrationsOf(service.renamedFrom);
  const earlier = from !== undefined && isKnown(from, context) ? from : undefined;
  const withdrawn = earlier === undefined ? undefined : wholeDraft(own, context);
  if (earlier !== undefined && withdrawn === undefined) return { folder: own, earlier };
  const folder = earlier ?? own;
  const path = (name: string): string => `${folder}/${name}`;
  const onDisk = context.list(folder).filter(isSql);
  const text = context.existing(path('schema.json')) ?? context.remembered(path('schema.json'));
  if (text === undefined) {
    const ours = onDisk.find((name) => tables.some((table) => name.endsWith(`_create_${table}.sql`)));
    if (ours !== undefined) return { folder, missing: ['schema.json'], restorable: false };
    return { ...none, texts: new Map(), names: onDisk, gone: [], known: false };
  }
  const last = JSON.parse(text) as Snapshot;
  const drafts = unseen(last, onDisk, context.drafts(folder));
  const taken = new Set(drafts.map(({ name }) => name));
  const base = (drafts[0]?.before as Snapshot | undefined) ?? last;

  const lacking = [
    ...(context.existing(path('schema.json')) === undefined ? ['schema.json'] : []),
    ...base.migrations.filter((name) => !onDisk.includes(name)),
  ];
  const missing = lacking.filter((name) => !context.restores(path(name)));
  const textOf = (name: string) => context.existing(path(name)) ?? context.remembered(path(name));
  const restorable = lacking.every((name) => textOf(name) !== undefined);
  if (missing.length > 0 || !restorable) return { folder, missing: lacking, restorable };

  const names = [...new Set([...onDisk.filter((name) => !taken.has(name)), ...base.migrations])].sort();
  const moved = folder !== own;
  const carried = moved ? names : base.migrations;
  return {
    ...base,
    texts: new Map(carried.map((name) => [name, textOf(name) ?? ''])),
    names,
    gone: moved
      ? [...[...onDisk, 'schema.json'].map(path), ...(withdrawn ?? []).map((name) => `${own}/${name}`)]
      : [...taken].map(path),
    known: true,
  };
}

/** The names of a history that no database has seen any of, or undefined when there is another one. */
function wholeDraft(folder: string, context: RenderContext): readonly string[] | undefined {
  if (!isKnown(folder, context)) return [];
  const text = context.existing(`${folder}/schema.json`);
  if (text === undefined) return undefined;
  const { migrations } = JSON.parse(text) as Snapshot;
  const free = new Set(context.drafts(folder).map(({ name }) => name));
  return migrations.every((name) => free.has(name)) ? migrations : undefined;
}

const isKnown = (folder: string, { existing, remembered }: RenderContext): boolean =>
  existing(`${folder}/schema.json`) !== undefined || remembered(`${folder}/schema.json`) !== undefined;

/**
 * The newest migrations that no database has seen, back to the first one that counts. One that was edited stays, and all before
 * it; so does what a later one, written by hand, may build upon.
 */
function unseen(
  { migrations }: Snapshot,
  onDisk: readonly string[],
  drafts: readonly Draft[],
): readonly Draft[] {
  const byHand = onDisk.filter(
    (name) => !migrations.includes(name) && !drafts.some((draft) => draft.name === name),
  );
  const newest = Math.max(0, ...byHand.map(number));
  const found: Draft[] = [];
  for (const name of migrations.toReversed()) {
    const draft = drafts.findLast((candidate) => candidate.name === name);
    if (draft === undefined || newest > number(name)) break;
    found.unshift(draft);
  }
  return found;
}

export const number = (name: string): number => Number.parseInt(name, 10) || 0;
