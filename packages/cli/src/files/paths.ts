/**
 * Names inside the output folder: which paths a renderer may claim, and the names that this folder's writer keeps
 * for itself.
 */
import { BugError, UserError } from '../platform/errors.ts';
import type { PlannedFile } from './planned-file.ts';

/** Our own folder inside the output folder. */
export const STATE_DIR = '.hometrip';
/** A conflict lies beside the file that it is about, under this suffix. */
export const CONFLICT_SUFFIX = '.hometrip-conflict';
/** A half-written file. The name is fixed, so the next run finds and removes what a killed run left. */
export const TEMP_SUFFIX = '.hometrip-tmp';

export const MANIFEST_PATH = `${STATE_DIR}/manifest.json`;
export const JOURNAL_PATH = `${STATE_DIR}/pending.json`;
export const LOCK_PATH = `${STATE_DIR}/lock`;
export const BASE_DIR = `${STATE_DIR}/base`;

/** `services/a/src/app.ts` → `services/a/src/app.ts.hometrip-conflict`. */
export function conflictPath(path: string): string {
  return path + CONFLICT_SUFFIX;
}

/** `services/a/src/app.ts` → `services/a/src/.app.ts.hometrip-tmp`: same folder, so that the rename is atomic. */
export function tempPath(path: string): string {
  const slash = path.lastIndexOf('/') + 1;
  return `${path.slice(0, slash)}.${path.slice(slash)}${TEMP_SUFFIX}`;
}

/** `a/b/c.ts` → [`a`, `a/b`], nearest last. */
export function parentFolders(path: string): string[] {
  const segments = path.split('/');
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'));
}

/** Why a path may not be written, or undefined when it may. Used for renderers and again for what we read from disk. */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.includes('\0')) return 'contains a NUL character';
  if (path.includes('\\')) return 'contains a backslash';
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) return 'is absolute';
  const segments = path.split('/');
  if (segments.includes('..')) return 'leaves the output folder through ".."';
  if (segments.some((segment) => segment === '' || segment === '.')) return 'has an empty or "." segment';
  if (segments[0]?.toLowerCase() === STATE_DIR) return `lies in ${STATE_DIR}/, which keeps the manifest`;
  if (path.endsWith(CONFLICT_SUFFIX) || path.endsWith(TEMP_SUFFIX))
    return 'has a suffix reserved for hometrip itself';
  return undefined;
}

/**
 * Checks the set of rendered paths as a whole.
 * @throws BugError for a path no renderer may claim, or one claimed twice.
 * @throws UserError when two names differ only in case (one file on macOS and Windows), or one is a folder of another.
 */
export function checkRenderedPaths(rendered: readonly PlannedFile[]): void {
  const byPath = new Map<string, PlannedFile>();
  const spellings = new Map<string, { path: string; origin: string; isFile: boolean }>();
  for (const file of rendered) {
    const problem = pathProblem(file.path);
    if (problem !== undefined)
      throw new BugError(`rendered path ${JSON.stringify(file.path)} (${file.origin}) ${problem}`);
    const twin = byPath.get(file.path);
    if (twin !== undefined)
      throw new BugError(`${file.path} is rendered twice: by ${twin.origin} and by ${file.origin}`);
    byPath.set(file.path, file);
    for (const path of [...parentFolders(file.path), file.path]) {
      const isFile = path === file.path;
      const folded = path.normalize('NFC').toLowerCase();
      const known = spellings.get(folded);
      if (known === undefined) spellings.set(folded, { path, origin: file.origin, isFile });
      else if (known.path !== path)
        throw collision(`${known.path} and ${path} differ only in case`, known.origin, file.origin);
      else if (known.isFile || isFile)
        throw collision(`${path} would be both a file and a folder`, known.origin, file.origin);
    }
  }
}

function collision(what: string, one: string, other: string): UserError {
  return new UserError(`${what}, so they cannot both be generated (from ${one} and ${other})`, {
    next: ['Rename one of the two in services.yaml, then run hometrip generate again.'],
  });
}
