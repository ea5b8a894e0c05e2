/** The few operations that change the output folder. Narrow, so that a test can stop the machine between any two. */
import {
  closeSync,
  fchmodSync,
  fsync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const sync = promisify(fsync);

/** Paths are relative to the output folder. */
export interface TreeFs {
  makeFolder(path: string): void;
  /** Writes a new file and returns its open descriptor; `mode` are its permission bits before the umask, or exact bits. */
  writeNew(path: string, content: Uint8Array, mode: number, exact: boolean): number;
  /** Makes the files durable and closes them. */
  syncFiles(descriptors: readonly number[]): Promise<void>;
  /** Makes renames and deletes in the folders durable. */
  syncFolders(paths: readonly string[]): Promise<void>;
  rename(from: string, to: string): void;
  /** Removes a file; one that is not there is fine. */
  remove(path: string): void;
  /** Removes a folder if it is empty; says whether it did. */
  removeEmptyFolder(path: string): boolean;
}

export function diskFs(root: string): TreeFs {
  const at = (path: string): string => join(root, path);
  const code = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
  return {
    makeFolder: (path) => void mkdirSync(at(path), { recursive: true }),
    writeNew(path, content, mode, exact) {
      // A leftover of a killed run may have the name. O_EXCL follows no link, so this never writes elsewhere.
      if (lstatSync(at(path), { throwIfNoEntry: false }) !== undefined) unlinkSync(at(path));
      const descriptor = openSync(at(path), 'wx', mode);
      try {
        for (let done = 0; done < content.length; ) done += writeSync(descriptor, content, done);
        if (exact) fchmodSync(descriptor, mode);
        return descriptor;
      } catch (error) {
        closeSync(descriptor);
        throw error;
      }
    },
    async syncFiles(descriptors) {
      try {
        await Promise.all(descriptors.map((descriptor) => sync(descriptor)));
      } finally {
        for (const descriptor of descriptors) closeSync(descriptor);
      }
    },
    async syncFolders(paths) {
      if (process.platform === 'win32') return; // folders cannot be opened there
      await this.syncFiles(paths.map((path) => openSync(at(path), 'r')));
    },
    rename: (from, to) => renameSync(at(from), at(to)),
    remove(path) {
      try {
        unlinkSync(at(path));
      } catch (error) {
        if (!['ENOENT', 'ENOTDIR'].includes(code(error) ?? '')) throw error;
      }
    },
    removeEmptyFolder(path) {
      try {
        rmdirSync(at(path));
        return true;
      } catch (error) {
        if (['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes(code(error) ?? '')) return false;
        throw error;
      }
    },
  };
}
