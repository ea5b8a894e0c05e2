/** A snapshot of the output folder as far as a plan needs it: our own records, and each file they or a renderer name. */
import { realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../platform/errors.ts';
import { type Evidence, listSeen, readSeen } from '../platform/evidence.ts';
import { lazyBase, packPath, type BaseLookup } from './base-store.ts';
import { type DiskFile, diskReader, type DiskNode, nodeToken } from './disk.ts';
import { recover, spentFolders, type Recovered } from './journal.ts';
import { parseManifest, type Manifest } from './manifest.ts';
import { BASE_DIR, JOURNAL_PATH, MANIFEST_PATH, checkRenderedPaths, conflictPath } from './paths.ts';
import type { PlannedFile } from './planned-file.ts';

/** What is at each path of interest; an absent path is missing. */
export type DiskSnapshot = ReadonlyMap<string, DiskNode>;

export interface Tree {
  /** The real, absolute path of the output folder. */
  readonly out: string;
  readonly manifest: Manifest;
  readonly manifestBefore: string | undefined;
  readonly base: BaseLookup;
  /** Files whose pristine text is not in the store because the pack was lost: the plan writes it again. */
  readonly baseMissing: (path: string) => boolean;
  readonly disk: DiskSnapshot;
  /** Set when a run was killed here: what our records must become before anything else is written. */
  readonly recovered: Recovered | undefined;
}

/**
 * Reads the manifest and the files that it or `rendered` names. A missing folder reads as empty.
 * @throws UserError when our records cannot be read; BugError or UserError for rendered paths as in `planFiles`.
 */
export function readTree(out: string, rendered: readonly PlannedFile[], evidence?: Evidence): Tree {
  checkRenderedPaths(rendered); // before any of these paths is looked at
  const root = realPath(out);
  const read = (path: string): string | undefined => readSeen(join(root, path), evidence)?.toString('utf8');
  const manifestBefore = read(MANIFEST_PATH);
  const written: Manifest = manifestBefore === undefined ? new Map() : parseManifest(manifestBefore);
  const onDisk = diskReader(root, spentFolders(read(JOURNAL_PATH)));
  const reader = (path: string): DiskNode | undefined => {
    const node = onDisk(path);
    evidence?.note('node', path, nodeToken(node));
    return node;
  };
  const stored = lazyBase(read);
  const fileAt = (path: string): DiskFile | undefined => {
    const node = reader(path);
    return node?.kind === 'file' ? node : undefined;
  };
  const recovered = recover({ read, manifest: written, base: stored, fileAt });
  const manifest = recovered?.manifest ?? written;
  const packs = new Set(
    (listSeen(join(root, BASE_DIR), evidence) ?? []).map((name) => `${BASE_DIR}/${name}`),
  );

  const disk = new Map<string, DiskNode>();
  const look = (path: string): void => {
    const node = reader(path);
    if (node !== undefined) disk.set(path, node);
  };
  for (const path of new Set([...manifest.keys(), ...rendered.map((file) => file.path)])) look(path);
  for (const path of disk.keys()) {
    const entry = manifest.get(path);
    const edited = disk.get(path)?.kind === 'file' && hashOf(disk.get(path)) !== entry?.hash;
    if (entry !== undefined && (edited || entry.state === 'conflict')) look(conflictPath(path));
  }
  for (const [path, entry] of manifest) if (entry.state === 'conflict') look(conflictPath(path));
  return {
    out: root,
    manifest,
    manifestBefore,
    base: (path) => recovered?.base.get(path) ?? stored(path),
    baseMissing: (path) => !packs.has(packPath(path)) && recovered?.base.get(path) === undefined,
    disk,
    recovered,
  };
}

function hashOf(node: DiskNode | undefined): string | undefined {
  return node?.kind === 'file' ? node.hash : undefined;
}

function realPath(out: string): string {
  try {
    if (statSync(out).isDirectory()) return realpathSync(out);
    throw new UserError(`the output folder ${out} is not a folder`, {
      where: out,
      next: ['Name another folder, or move the file away.'],
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return out;
    throw error;
  }
}
