/**
 * Which migrations were written here and have been applied nowhere: the only ones that `generate` may still change. The record is
 * positive and local, `.hometrip/drafts.json`, never in git: what it does not name counts as applied somewhere. Why:
 * docs/decisions/0027-migrations-are-drafts-until-applied.md.
 */
import { hash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Evidence, readSeen } from './evidence.ts';
import { historyReader, isCommitted } from './git.ts';
import { outputFolder } from './output-folder.ts';
import { writeFileAtomic } from './state-dir.ts';

const draftSchema = z.strictObject({
  /** The file's name: `0002_add_title_to_listing.sql`. */
  name: z.string(),
  /** sha256 of its text as it was written. */
  hash: z.string(),
  /** What its renderer needs to take it back. */
  before: z.unknown(),
});

const recordSchema = z.strictObject({
  version: z.literal(1),
  /** Where the project was: a copy of its folder has a history of its own. */
  project: z.string(),
  folders: z.record(
    z.string(),
    z.strictObject({
      drafts: z.array(draftSchema),
      /** A run is applying them, or was killed while it did: until one has ended they count as applied. */
      trying: z.boolean(),
    }),
  ),
});

export type RecordedDraft = z.infer<typeof draftSchema>;

/** By folder below the output folder: `services/listing-service/migrations`. */
export type DraftRecord = Readonly<
  Record<string, { readonly drafts: readonly RecordedDraft[]; readonly trying: boolean }>
>;

type Place = { readonly root: string; readonly state: string };

const fileOf = ({ state }: Place): string => join(state, 'drafts.json');

/** Empty when there is none, when it cannot be read, and when it is another folder's. */
export function readDrafts(place: Place, evidence?: Evidence): DraftRecord {
  let found: unknown;
  try {
    found = JSON.parse(readSeen(fileOf(place), evidence)?.toString('utf8') ?? 'null');
  } catch {
    return {};
  }
  const parsed = recordSchema.safeParse(found);
  return parsed.success && parsed.data.project === place.root ? parsed.data.folders : {};
}

/** What may still change, by folder: written here, as it was written or deleted since, in no commit, and tried by no run. */
export async function usableDrafts(
  place: Place,
  output: string,
  evidence?: Evidence,
): Promise<ReadonlyMap<string, readonly RecordedDraft[]>> {
  const { existing } = outputFolder(output, evidence);
  const record = readDrafts(place, evidence);
  const noteHistory = (): void => {
    const history = historyReader();
    for (const folder of Object.keys(record))
      evidence?.note('history', join(output, folder), history(join(output, folder)));
  };
  if (evidence !== undefined) noteHistory();
  const usable = new Map<string, readonly RecordedDraft[]>();
  for (const [folder, { drafts, trying }] of Object.entries(record)) {
    if (trying) continue;
    const free: RecordedDraft[] = [];
    for (const draft of drafts) {
      const path = `${folder}/${draft.name}`;
      const text = existing(path);
      const asWritten = text === undefined || hash('sha256', text.replaceAll('\r\n', '\n')) === draft.hash;
      if (asWritten && !(await isCommitted(join(output, path)))) free.push(draft);
    }
    usable.set(folder, free);
  }
  // A commit in the meantime makes it neither the one history nor the other.
  if (evidence !== undefined) noteHistory();
  return usable;
}

/** Replaces the record; folders without drafts are left out. Call it with the lock of the output folder. */
export function writeDrafts(place: Place, record: DraftRecord): void {
  if (isSameRecord(record, readDrafts(place))) return;
  const folders = withDrafts(record);
  mkdirSync(place.state, { recursive: true, mode: 0o755 });
  try {
    writeFileSync(join(place.state, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  writeFileAtomic(fileOf(place), `${JSON.stringify({ version: 1, project: place.root, folders })}\n`);
}

/** Whether both say the same of the folders that have drafts. */
export const isSameRecord = (one: DraftRecord, other: DraftRecord): boolean =>
  JSON.stringify(withDrafts(one)) === JSON.stringify(withDrafts(other));

const withDrafts = (record: DraftRecord): DraftRecord =>
  Object.fromEntries(
    Object.entries(record)
      .filter(([, { drafts }]) => drafts.length > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/** Before a database is migrated: whatever happens to us from here on, its drafts may be applied. */
export function beginTrying(place: Place, folder: string): void {
  const record = readDrafts(place);
  const entry = record[folder];
  if (entry !== undefined) writeDrafts(place, { ...record, [folder]: { ...entry, trying: true } });
}

/** @param applied Names of the migrations that the database has now; those after the last of them stay drafts. */
export function endTrying(place: Place, folder: string, applied: readonly string[]): void {
  const record = readDrafts(place);
  const entry = record[folder];
  if (entry === undefined) return;
  const last = entry.drafts.findLastIndex(({ name }) => applied.includes(name));
  writeDrafts(place, { ...record, [folder]: { drafts: entry.drafts.slice(last + 1), trying: false } });
}
