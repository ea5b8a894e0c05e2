/** A folder that is written as a whole: the same files give the same folder, byte by byte, modes and times included. */
import { chmod, lstat, mkdir, readdir, rename, rm, rmdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { UserError } from '../errors.ts';
import { isSomethingAt, readPlainBytes } from '../plain-file.ts';

/** By path below the folder, `/` between the parts. */
export type Files = ReadonlyMap<string, Uint8Array | string>;

/** Layers of images hold the times of their files, so that these say nothing. */
const TIME = new Date('2000-01-01T00:00:00Z');

/** Out of git wherever the project lies; and how we know a folder of ours. */
const MARK = '.gitignore';
const MARKED = '# Written by hometrip build\n*\n';

/**
 * Writes what differs, then removes what does not belong. What is named last is written last: an interrupted run leaves
 * the old entry, and the next run does the rest.
 *
 * @returns false when everything was there
 * @throws UserError when something lies there that is not ours
 */
export async function writeFolder(folder: string, files: Files): Promise<boolean> {
  requireOurs(folder);
  const all = new Map<string, Uint8Array>([[MARK, bytesOf(MARKED)]]);
  for (const [path, contents] of files) all.set(path, bytesOf(contents));
  let changed = false;
  for (const [path, contents] of all) changed = (await writeOne(join(folder, path), contents)) || changed;
  return (await removeOthers(folder, folder, all)) || changed;
}

function requireOurs(folder: string): void {
  if (!isSomethingAt(folder) || readOr(join(folder, MARK))?.equals(bytesOf(MARKED)) === true) return;
  throw new UserError('the image is put together here, and what lies there is not hometrip’s', {
    where: folder,
    next: ['move it away, then run the command again'],
  });
}

async function writeOne(path: string, contents: Uint8Array): Promise<boolean> {
  const same = readOr(path)?.equals(contents) === true && (await isPlain(path));
  if (!same) {
    await mkdir(dirname(path), { recursive: true });
    const partial = `${path}.partial`;
    await rm(partial, { recursive: true, force: true });
    await writeFile(partial, contents, { flag: 'wx' });
    await rename(partial, path);
  }
  // The user of the image is another one than ours.
  await chmod(path, 0o644);
  await utimes(path, TIME, TIME);
  return !same;
}

const isPlain = async (path: string): Promise<boolean> => (await lstat(path)).isFile();

/** Also sets the modes and times of folders, which what is written in them has changed. */
async function removeOthers(
  root: string,
  folder: string,
  files: ReadonlyMap<string, unknown>,
): Promise<boolean> {
  let removed = false;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      removed = (await removeOthers(root, path, files)) || removed;
      if ((await readdir(path)).length === 0) await rmdir(path);
    } else if (!files.has(relative(root, path).replaceAll('\\', '/'))) {
      await rm(path);
      removed = true;
    }
  }
  await chmod(folder, 0o755);
  await utimes(folder, TIME, TIME);
  return removed;
}

function readOr(path: string): Buffer | undefined {
  try {
    return readPlainBytes(path);
  } catch {
    return undefined;
  }
}

const bytesOf = (contents: Uint8Array | string): Uint8Array =>
  typeof contents === 'string' ? new TextEncoder().encode(contents) : contents;
