/**
 * `.hometrip/pending.json`: written before the first file changes, removed after the manifest is in place. A run that
 * finds one knows which of the changes the killed run had made, and so takes none of them for the user's.
 */
import { z } from 'zod';
import type { BaseChanges, BaseLookup, BaseTexts } from './base-store.ts';
import type { FilePlan } from './file-plan.ts';
import { entrySchema, parseManifest, type Manifest, type ManifestEntry } from './manifest.ts';
import { JOURNAL_PATH, conflictPath, parentFolders, pathProblem } from './paths.ts';
import { sha256 } from './text.ts';

const hash = z.string();
const journalSchema = z.object({
  /** Every write: sha256 before and after; absent means no file. */
  writes: z.record(z.string(), z.object({ before: hash.optional(), after: hash.optional() })),
  /** The manifest entries as they become; null forgets the path. `texts` where the file itself does not hold them. */
  entries: z.record(
    z.string(),
    z.object({
      entry: entrySchema.nullable(),
      texts: z.object({ base: z.string(), offered: z.string().optional() }).optional(),
    }),
  ),
});

type Journal = z.infer<typeof journalSchema>;

/** The journal of a plan, as text. */
export function formatJournal(plan: FilePlan): string {
  const writes: Journal['writes'] = {};
  const contentHash = new Map<string, string>();
  for (const { path, before, content } of plan.writes) {
    const after = content === undefined ? undefined : sha256(content);
    if (after !== undefined) contentHash.set(path, after);
    writes[path] = { ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
  }
  const entries: Journal['entries'] = {};
  const recorded =
    plan.recovered?.manifest ??
    (plan.manifestBefore === undefined
      ? new Map<string, ManifestEntry>()
      : parseManifest(plan.manifestBefore));
  const differing = [...new Set([...recorded.keys(), ...plan.manifest.keys()])].filter(
    (path) => JSON.stringify(recorded.get(path)) !== JSON.stringify(plan.manifest.get(path)),
  );
  const touched = new Set([...Object.keys(writes).map(ownerOf), ...plan.base.keys(), ...differing]);
  for (const path of touched) {
    const entry = plan.manifest.get(path) ?? null;
    const texts = plan.base.get(path);
    const inFile = texts?.offered === undefined && contentHash.get(path) === entry?.hash;
    entries[path] = { entry, ...(texts !== undefined && !inFile && { texts: { ...texts } }) };
  }
  return `${JSON.stringify({ version: 1, writes, entries })}\n`;
}

function ownerOf(path: string): string {
  const suffix = conflictPath('');
  return path.endsWith(suffix) ? path.slice(0, -suffix.length) : path;
}

/** Our records as they truly are after a killed run: what it had done counts, what it had not does not. */
export interface Recovered {
  readonly manifest: Manifest;
  readonly base: BaseChanges;
}

/** Undefined when no run was killed. */
export function recover(found: {
  read: (path: string) => string | undefined;
  manifest: Manifest;
  base: BaseLookup;
  /** The file at a path on disk, or undefined. */
  fileAt: (path: string) => { readonly hash: string; readonly bytes: Uint8Array } | undefined;
}): Recovered | undefined {
  const text = found.read(JOURNAL_PATH);
  if (text === undefined) return undefined;

  // The journal is renamed into place whole; one that does not parse is none of ours, and nothing was done under it.
  const journal = parseJournal(text) ?? { writes: {}, entries: {} };
  const manifest = new Map(found.manifest);
  const base = new Map<string, BaseTexts | undefined>();
  for (const [path, { entry, texts }] of Object.entries(journal.entries)) {
    if (!wasDone(path, journal, entry, found)) continue;
    if (entry === null) {
      manifest.delete(path);
      base.set(path, undefined);
      continue;
    }
    manifest.set(path, entry);
    const file = found.fileAt(path);
    if (texts !== undefined)
      base.set(path, { base: texts.base, ...(texts.offered !== undefined && { offered: texts.offered }) });
    else if (file?.hash === entry.hash) base.set(path, { base: Buffer.from(file.bytes).toString('utf8') });
  }
  return { manifest, base };
}

function wasDone(
  path: string,
  journal: Journal,
  entry: ManifestEntry | null,
  found: Parameters<typeof recover>[0],
): boolean {
  const own = Object.hasOwn(journal.writes, path) ? path : conflictPath(path);
  const write = Object.hasOwn(journal.writes, own) ? journal.writes[own] : undefined;
  if (write === undefined) return true; // a mere record: it was true when the plan was made
  const now = found.fileAt(own)?.hash;
  if (now === write.after) return true;
  if (now === write.before || entry === null) return false;
  // The user edited the file after the crash. The packs come after all files, so a new text there means: we were done.
  const packed = found.base(path)?.base;
  return packed !== undefined && sha256(packed) === entry.hash;
}

/** The paths that the killed run was writing or deleting; empty without a journal. */
export function journalPaths(text: string | undefined): { path: string; deletes: boolean }[] {
  const journal = text === undefined ? undefined : parseJournal(text);
  return Object.entries(journal?.writes ?? {})
    .filter(([path]) => pathProblem(ownerOf(path)) === undefined)
    .map(([path, { after }]) => ({ path, deletes: after === undefined }));
}

/** The folders that held files which the killed run deleted. */
export function spentFolders(text: string | undefined): ReadonlySet<string> {
  return new Set(journalPaths(text).flatMap(({ path, deletes }) => (deletes ? parentFolders(path) : [])));
}

function parseJournal(text: string): Journal | undefined {
  try {
    const journal = journalSchema.parse(JSON.parse(text));
    return Object.keys(journal.entries).some((path) => pathProblem(path)) ? undefined : journal;
  } catch {
    return undefined;
  }
}
