/** The record of migrations that no database has seen, between two generations. */
import { sha256, type PlannedFile } from '../files/index.ts';
import {
  type DraftRecord,
  type RecordedDraft,
  readDrafts,
  isSameRecord,
  usableDrafts,
  writeDrafts,
} from '../platform/drafts.ts';
import type { Evidence } from '../platform/evidence.ts';
import { outputFolder } from '../platform/output-folder.ts';
import type { Project } from '../platform/project.ts';
import type { Draft } from '../renderers/renderer.ts';

export interface Drafts {
  /** Those of a folder that may be changed or taken back, in order. */
  usable(folder: string): readonly Draft[];
  /** Files of services that are gone before any database has seen a migration of theirs. */
  abandoned(rendered: readonly PlannedFile[]): readonly string[];
  /** Recording would change nothing. */
  isSettled(rendered: readonly PlannedFile[]): boolean;
  /** Records what is about to be written, beside what is there. */
  announce(rendered: readonly PlannedFile[]): void;
  /** Records what is there now. */
  settle(rendered: readonly PlannedFile[]): void;
}

/** Reads the record as it is now. */
export async function draftsOf(project: Project, evidence?: Evidence): Promise<Drafts> {
  const record = readDrafts(project, evidence);
  const usable = await usableDrafts(project, project.output, evidence);
  const { existing } = outputFolder(project.output, evidence);
  return {
    usable: (folder) => usable.get(folder) ?? [],
    abandoned: (rendered) =>
      [...usable].flatMap(([folder, free]) => abandonedIn(folder, free, rendered, existing)),
    isSettled: (rendered) => isSameRecord(record, settled(record, rendered)),
    announce: (rendered) => writeDrafts(project, merged(record, draftsIn(rendered))),
    settle: (rendered) => writeDrafts(project, settled(record, rendered)),
  };
}

type Found = ReadonlyMap<string, readonly RecordedDraft[]>;

function draftsIn(rendered: readonly PlannedFile[]): Found {
  const drafts = rendered
    .filter(({ draft }) => draft !== undefined)
    .map(({ path, content, draft }) => ({
      folder: path.slice(0, path.lastIndexOf('/')),
      name: path.slice(path.lastIndexOf('/') + 1),
      hash: sha256(content),
      before: draft,
    }));
  return new Map(
    [...Map.groupBy(drafts, ({ folder }) => folder)].map(([folder, list]) => [
      folder,
      list.map(({ folder: _, ...draft }) => draft),
    ]),
  );
}

function merged(record: DraftRecord, found: Found): DraftRecord {
  const result: Record<string, DraftRecord[string]> = { ...record };
  for (const [folder, list] of found) {
    const { drafts = [], trying = false } = record[folder] ?? {};
    const known = new Set(drafts.map(({ name, hash }) => `${name} ${hash}`));
    const added = list.filter(({ name, hash }) => !known.has(`${name} ${hash}`));
    result[folder] = { drafts: [...drafts, ...added], trying };
  }
  return result;
}

/** A folder that was rendered has just the drafts of now; of the others, and where a run is under way, all stays as it is. */
function settled(record: DraftRecord, rendered: readonly PlannedFile[]): DraftRecord {
  const found = draftsIn(rendered);
  const seen = new Set(rendered.map(({ path }) => path.slice(0, path.lastIndexOf('/'))));
  const kept = Object.entries(record).filter(([folder, { trying }]) => trying || !seen.has(folder));
  return merged(Object.fromEntries(kept), found);
}

function abandonedIn(
  folder: string,
  free: readonly RecordedDraft[],
  rendered: readonly PlannedFile[],
  existing: (path: string) => string | undefined,
): readonly string[] {
  const snapshot = existing(`${folder}/schema.json`);
  if (snapshot === undefined || rendered.some(({ path }) => path.startsWith(`${folder}/`))) return [];
  const { migrations } = JSON.parse(snapshot) as { migrations: readonly string[] };
  const names = new Set(free.map(({ name }) => name));
  return migrations.every((name) => names.has(name))
    ? [...migrations, 'schema.json'].map((name) => `${folder}/${name}`)
    : [];
}
