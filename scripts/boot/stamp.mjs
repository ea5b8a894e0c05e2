// Stamps say what something was made from, so that it is made again only when that has changed.
// @ts-check
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/**
 * @param {readonly string[]} files absolute paths; a missing one counts as empty
 * @param {readonly string[]} [words] anything else that the result depends on
 */
export function hashOf(files, words = []) {
  const hash = createHash('sha256');
  for (const word of words) hash.update(`${word}\0`);
  for (const file of files) hash.update(`${file}\0`).update(readOr(file, '')).update('\0');
  return hash.digest('hex').slice(0, 16);
}

/** @param {string} file @param {string} fallback */
export function readOr(file, fallback) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return fallback;
  }
}

/** Readers see the old content or the new one, whenever this is interrupted. @param {string} file @param {string | Uint8Array} content */
export function writeAtomic(file, content) {
  const partial = `${file}.${process.pid}.partial`;
  writeFileSync(partial, content);
  renameSync(partial, file);
}
