/** What is known about one rendered file, what can be decided about it, and the words both are made of. */
import type { BaseTexts } from './base-store.ts';
import type { FileWrite, PlanEntry } from './file-plan.ts';
import type { ManifestEntry } from './manifest.ts';
import { conflictPath } from './paths.ts';
import type { PlannedFile } from './planned-file.ts';
import { decode, sha256, type DecodedText } from './text.ts';
import type { DiskNode } from './disk.ts';

/** All that is known about one rendered path. */
export interface Situation {
  readonly file: PlannedFile;
  /** What we recorded last time; undefined when the path was never ours. */
  readonly entry: ManifestEntry | undefined;
  readonly node: DiskNode | undefined;
  readonly conflictNode: DiskNode | undefined;
  readonly base: () => BaseTexts | undefined;
  readonly baseMissing: boolean;
  readonly restore: boolean;
  readonly adopt: boolean;
  /** Written once, but nobody has used it yet. */
  readonly released: boolean;
}

export interface Decision {
  readonly plan: PlanEntry;
  readonly writes: readonly FileWrite[];
  /** The next manifest entry; undefined when the path is not ours. */
  readonly entry: ManifestEntry | undefined;
  /** New pristine texts; undefined leaves the store as it is. */
  readonly texts?: BaseTexts;
}

/** Removes the conflict file, as long as it is just what we wrote: the user may have put work into it. */
export function dropConflict(at: Situation): FileWrite[] {
  const { conflictNode, entry, file } = at;
  if (conflictNode?.kind !== 'file' || conflictNode.hash !== entry?.conflict?.file) return [];
  return [
    { path: conflictPath(file.path), before: conflictNode.hash, content: undefined, executable: false },
  ];
}

/** The text as the user sees it, in the rendering's spelling; undefined for binary files. */
export function view(bytes: Uint8Array, file: PlannedFile): DecodedText | undefined {
  const decoded = decode(bytes);
  const plain = !file.content.includes('\r') && !file.content.startsWith('\uFEFF');
  if (decoded === undefined || plain) return decoded;
  return { text: Buffer.from(bytes).toString('utf8'), crlf: false, bom: false };
}

export function isExecutable(file: PlannedFile): boolean {
  return ((file.mode ?? 0o644) & 0o100) !== 0;
}

export function freshEntry(file: PlannedFile): ManifestEntry {
  return {
    hash: sha256(file.content),
    origin: file.origin,
    ...(file.ownership !== undefined && file.ownership !== 'merged' && { ownership: file.ownership }),
    ...(isExecutable(file) && { mode: '755' as const }),
  };
}

/** The entry of a file that stays based on an earlier rendering. */
export function behind(file: PlannedFile, entry: ManifestEntry): ManifestEntry {
  const { mode: _, ...fresh } = freshEntry(file);
  return { ...fresh, hash: entry.hash, ...(entry.mode !== undefined && { mode: entry.mode }) };
}

/** The store takes the rendering as the new base. */
export function pristine(file: PlannedFile): { texts: BaseTexts } {
  return { texts: { base: file.content } };
}

/** Puts a text back that the store lost: the known one, or the rendering where the file is just that. */
export function storeAgain(at: Situation, untouched: boolean): { texts?: BaseTexts } {
  if (!at.baseMissing) return {};
  const stored = at.base();
  if (stored !== undefined && (stored.offered !== undefined || sha256(stored.base) === at.entry?.hash))
    return { texts: stored };
  return untouched ? { texts: { base: at.file.content } } : {};
}
