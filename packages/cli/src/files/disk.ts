/** What is on disk below the output folder, one path at a time. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ABSENT } from '../platform/evidence.ts';
import { parentFolders } from './paths.ts';
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

/** All that a plan can see of a node, as one word: equal words, equal nodes. */
export function nodeToken(node: DiskNode | undefined): string {
  if (node === undefined) return ABSENT;
  switch (node.kind) {
    case 'file':
      return `file ${node.hash} ${node.executable === undefined ? '?' : node.executable ? 'x' : 'r'}`;
    case 'folder':
      return `folder ${node.files === undefined ? '?' : sha256(JSON.stringify([...node.files].sort()))}`;
    case 'blocked':
      return `blocked ${node.because} ${node.by}`;
    default:
      return node.kind;
  }
}
