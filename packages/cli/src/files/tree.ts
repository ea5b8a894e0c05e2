/** A snapshot of the output folder as far as a plan needs it: our own records, and each file they or a renderer name. */
import { readFileSync, readdirSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../platform/errors.ts';
import { lazyBase, packPath, type BaseLookup } from './base-store.ts';
import { recover, spentFolders, type Recovered } from './journal.ts';
import { parseManifest, type Manifest } from './manifest.ts';
import {
  BASE_DIR,
  JOURNAL_PATH,
  MANIFEST_PATH,
  checkRenderedPaths,
  conflictPath,
  parentFolders,
} from './paths.ts';
import type { PlannedFile } from './planned-file.ts';
import { sha256 } from './text.ts';

export interface DiskFile {
  readonly kind: 'file';
  readonly bytes: Uint8Array;
  /** sha256 of the bytes. */
  readonly hash: string;
  /** Undefined where the system has no such bit (Windows). */
  readonly executable: boolean | undefined;
}

export type DiskNode =
  | DiskFile
  /** A folder where a file is expected; `files` in it, relative to the output folder; undefined when it holds more than files (or too many). */
  | { readonly kind: 'folder'; readonly files: readonly string[] | undefined }
  /** A symbolic link or a special file. */
  | { readonly kind: 'link' }
  | { readonly kind: 'special' }
  /** A parent folder is not a real folder, so nothing is read or written behind it. */
  | { readonly kind: 'blocked'; readonly by: string; readonly because: 'file' | 'link' };

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
export function readTree(out: string, rendered: readonly PlannedFile[]): Tree {
  checkRenderedPaths(rendered); // before any of these paths is looked at
  const root = realPath(out);
  const read = (path: string): string | undefined => readText(join(root, path));
  const manifestBefore = read(MANIFEST_PATH);
  const written: Manifest = manifestBefore === undefined ? new Map() : parseManifest(manifestBefore);
  const reader = diskReader(root, spentFolders(read(JOURNAL_PATH)));
  const stored = lazyBase(read);
  const fileAt = (path: string): DiskFile | undefined => {
    const node = reader(path);
    return node?.kind === 'file' ? node : undefined;
  };
  const recovered = recover({ read, manifest: written, base: stored, fileAt });
  const manifest = recovered?.manifest ?? written;
  const packs = new Set(listNames(join(root, BASE_DIR)).map((name) => `${BASE_DIR}/${name}`));

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

/** Reads single paths below `root`, never through a link; remembers which folders are real ones. */
export function diskReader(root: string, spent: ReadonlySet<string>): (path: string) => DiskNode | undefined {
  const folders = new Map<string, 'folder' | 'absent' | 'file' | 'link'>();
  const folderKind = (path: string): 'folder' | 'absent' | 'file' | 'link' => {
    let kind = folders.get(path);
    if (kind === undefined) {
      const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
      kind =
        stat === undefined
          ? 'absent'
          : stat.isDirectory()
            ? 'folder'
            : stat.isSymbolicLink()
              ? 'link'
              : 'file';
      folders.set(path, kind);
    }
    return kind;
  };
  return (path) => {
    for (const folder of parentFolders(path)) {
      const kind = folderKind(folder);
      if (kind === 'absent') return undefined;
      if (kind !== 'folder') return { kind: 'blocked', by: folder, because: kind };
    }
    const full = join(root, path);
    const stat = lstatSync(full, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    if (stat.isDirectory()) return { kind: 'folder', files: listFiles(root, path, spent) };
    if (!stat.isFile()) return { kind: stat.isSymbolicLink() ? 'link' : 'special' };
    const bytes = readFileSync(full);
    const executable = process.platform === 'win32' ? undefined : (stat.mode & 0o100) !== 0;
    return { kind: 'file', bytes, hash: sha256(bytes), executable };
  };
}

/**
 * The files below a folder, or undefined when it holds anything else: a link, an empty folder, more than 10,000 files.
 * Folders that a killed run emptied (`spent`) do not count.
 */
function listFiles(root: string, folder: string, spent: ReadonlySet<string>): string[] | undefined {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  if (entries.length === 0) return spent.has(folder) ? [] : undefined;
  const files: string[] = [];
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    const below = entry.isDirectory() ? listFiles(root, path, spent) : entry.isFile() ? [path] : undefined;
    if (below === undefined || files.length + below.length > 10_000) return undefined;
    files.push(...below);
  }
  return files;
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

export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

export function listNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
