/** A snapshot of the output folder as far as a plan needs it: our own records, and each file they or a renderer name. */
import { readFileSync, readdirSync, lstatSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { lazyBase, type BaseLookup } from './base-store.ts';
import { recover } from './journal.ts';
import { parseManifest, type Manifest } from './manifest.ts';
import { BASE_DIR, MANIFEST_PATH, conflictPath, parentFolders } from './paths.ts';
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
  /** Files whose pristine text is not in the store, after a killed run or a lost pack: the plan writes it again. */
  readonly baseMissing: (path: string) => boolean;
  readonly disk: DiskSnapshot;
  readonly unfinished: boolean;
}

/**
 * Reads the manifest and the files that it or `rendered` names. A missing folder reads as empty.
 * @throws UserError when our records cannot be read.
 */
export function readTree(out: string, rendered: readonly PlannedFile[]): Tree {
  const root = realPath(out);
  const read = (path: string): string | undefined => readText(join(root, path));
  const manifestBefore = read(MANIFEST_PATH);
  const written = manifestBefore === undefined ? new Map() : parseManifest(manifestBefore);
  const reader = diskReader(root);
  const packs = new Set(listNames(join(root, BASE_DIR)).map((name) => `${BASE_DIR}/${name}`));
  const recovered = recover({ read, manifest: written, base: lazyBase(read), hashOf: (path) => hashOf(reader(path)), packs });

  const disk = new Map<string, DiskNode>();
  const look = (path: string): void => {
    const node = reader(path);
    if (node !== undefined) disk.set(path, node);
  };
  for (const path of new Set([...recovered.manifest.keys(), ...rendered.map((file) => file.path)])) look(path);
  for (const path of disk.keys()) {
    const entry = recovered.manifest.get(path);
    const edited = disk.get(path)?.kind === 'file' && hashOf(disk.get(path)) !== entry?.hash;
    if (entry !== undefined && (edited || entry.state === 'conflict')) look(conflictPath(path));
  }
  for (const [path, entry] of recovered.manifest) if (entry.state === 'conflict') look(conflictPath(path));
  return { out: root, manifestBefore, disk, ...recovered };
}

function hashOf(node: DiskNode | undefined): string | undefined {
  return node?.kind === 'file' ? node.hash : undefined;
}

/** Reads single paths below `root`, never through a link; remembers which folders are real ones. */
export function diskReader(root: string): (path: string) => DiskNode | undefined {
  const folders = new Map<string, 'folder' | 'absent' | 'file' | 'link'>();
  const folderKind = (path: string): 'folder' | 'absent' | 'file' | 'link' => {
    let kind = folders.get(path);
    if (kind === undefined) {
      const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
      kind = stat === undefined ? 'absent' : stat.isDirectory() ? 'folder' : stat.isSymbolicLink() ? 'link' : 'file';
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
    if (stat.isDirectory()) return { kind: 'folder', files: listFiles(root, path) };
    if (!stat.isFile()) return { kind: stat.isSymbolicLink() ? 'link' : 'special' };
    const bytes = readFileSync(full);
    const executable = process.platform === 'win32' ? undefined : (stat.mode & 0o100) !== 0;
    return { kind: 'file', bytes, hash: sha256(bytes), executable };
  };
}

/** The files below a folder, or undefined when it holds anything else: a link, an empty folder, more than 10,000 files. */
function listFiles(root: string, folder: string): string[] | undefined {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  if (entries.length === 0) return undefined;
  const files: string[] = [];
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    const below = entry.isDirectory() ? listFiles(root, path) : entry.isFile() ? [path] : undefined;
    if (below === undefined || files.length + below.length > 10_000) return undefined;
    files.push(...below);
  }
  return files;
}

function realPath(out: string): string {
  try {
    return realpathSync(out);
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
