/** Reading what should be a plain file: whatever else lies at its place is named, and nothing is waited for. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, type Stats } from 'node:fs';

/** Why there is no text to be had. `missing`: nothing lies there. */
export class FileProblem extends Error {
  override name = 'FileProblem';
  readonly missing: boolean;

  constructor(reason: string, missing: boolean, cause?: unknown) {
    super(reason, { cause });
    this.missing = missing;
  }
}

/** Without waiting for the other end of a pipe. */
export const PLAIN = constants.O_RDONLY | constants.O_NONBLOCK;

/** `a folder`, `a pipe`; undefined for a plain file. */
export function kindOfStrange(info: Stats): string | undefined {
  if (info.isFile()) return undefined;
  if (info.isDirectory()) return 'it is a folder';
  if (info.isFIFO()) return 'it is a pipe, not a file';
  if (info.isSocket()) return 'it is a socket, not a file';
  return 'it is a device, not a file';
}

/** @throws FileProblem */
export const readPlainFile = (path: string): string => readPlainBytes(path).toString('utf8');

/** @throws FileProblem */
export function readPlainBytes(path: string): Buffer {
  let file: number;
  try {
    file = openSync(path, PLAIN);
  } catch (error) {
    throw fileProblem(error);
  }
  try {
    const strange = kindOfStrange(fstatSync(file));
    if (strange !== undefined) throw new FileProblem(strange, false);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

export function fileProblem(error: unknown): FileProblem {
  const code = String((error as NodeJS.ErrnoException).code ?? error);
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    ENOTDIR: 'what should be its folder is a file',
    EISDIR: 'it is a folder',
    EACCES: 'this user may not read it',
    EPERM: 'this user may not read it',
    ELOOP: 'it is a link that leads back to itself',
    // What opening a socket, or a device without a driver, answers.
    ENXIO: 'it is a socket or a device, not a file',
  };
  return new FileProblem(reasons[code] ?? code, code === 'ENOENT' || code === 'ENOTDIR', error);
}

/** Also a link that leads nowhere, or to itself: something that somebody meant. */
export const isSomethingAt = (path: string): boolean => {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
};
