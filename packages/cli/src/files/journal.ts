/**
 * `.hometrip/pending.json`: written before the first file changes, removed after the manifest is in place. A run that
 * finds one knows which of the changes the killed run had made, and so takes none of them for the user's.
 */
import { z } from 'zod';
import { packPath, type BaseLookup, type BaseTexts } from './base-store.ts';
import type { FilePlan } from './file-plan.ts';
import { entrySchema, parseManifest, type Manifest, type ManifestEntry } from './manifest.ts';
import { JOURNAL_PATH, conflictPath, pathProblem } from './paths.ts';
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
  const recorded = plan.manifestBefore === undefined ? new Map<string, ManifestEntry>() : parseManifest(plan.manifestBefore);
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

export interface Recovered {
  readonly manifest: Manifest;
  readonly base: BaseLookup;
  readonly baseMissing: (path: string) => boolean;
  readonly unfinished: boolean;
}

/** The manifest and base as they truly are, given what a killed run had already done. */
export function recover(found: {
  read: (path: string) => string | undefined;
  manifest: Manifest;
  base: BaseLookup;
  /** sha256 of the file at a path on disk, or undefined. */
  hashOf: (path: string) => string | undefined;
  /** The packs that exist. */
  packs: ReadonlySet<string>;
}): Recovered {
  const noPack = (path: string): boolean => !found.packs.has(packPath(path));
  const text = found.read(JOURNAL_PATH);
  if (text === undefined) return { manifest: found.manifest, base: found.base, baseMissing: noPack, unfinished: false };

  // The journal is renamed into place whole; one that does not parse is none of ours, and nothing was done under it.
  const journal = parseJournal(text) ?? { writes: {}, entries: {} };
  const manifest = new Map(found.manifest);
  const texts = new Map<string, BaseTexts>();
  for (const [path, step] of Object.entries(journal.entries)) {
    if (!wasDone(path, journal, step.entry, found)) continue;
    if (step.entry === null) manifest.delete(path);
    else manifest.set(path, step.entry);
    if (step.texts !== undefined) texts.set(path, { base: step.texts.base, ...(step.texts.offered !== undefined && { offered: step.texts.offered }) });
  }
  return {
    manifest,
    base: (path) => texts.get(path) ?? found.base(path),
    baseMissing: (path) => Object.hasOwn(journal.entries, path) || noPack(path),
    unfinished: true,
  };
}

function wasDone(path: string, journal: Journal, entry: ManifestEntry | null, found: Parameters<typeof recover>[0]): boolean {
  const own = Object.hasOwn(journal.writes, path) ? path : conflictPath(path);
  const write = Object.hasOwn(journal.writes, own) ? journal.writes[own] : undefined;
  if (write === undefined) return true; // a mere record: it was true when the plan was made
  const now = found.hashOf(own);
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

function parseJournal(text: string): Journal | undefined {
  try {
    const journal = journalSchema.parse(JSON.parse(text));
    return Object.keys(journal.entries).some((path) => pathProblem(path)) ? undefined : journal;
  } catch {
    return undefined;
  }
}
