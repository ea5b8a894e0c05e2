/**
 * An answer kept for the next run, under a key of all that it depends on. A file that is missing, cut short, of another
 * version or changed by somebody is no answer; one that cannot be written is none the next time.
 */
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeFileAtomic } from './state-dir.ts';

/**
 * Names the code that an answer comes from. Chunks of the bundle carry the hash of their content and of all that they import
 * in their names; what has no such name (TypeScript as it is written) is under work, and its answers are not kept.
 *
 * @param chunk `import.meta.url` of a module that imports, at once or when needed, whatever makes the answer
 */
export function codeIdentity(chunk: string): string | undefined {
  const name = basename(chunk);
  return /-[A-Z0-9]{8}\.js$/.test(name) ? `${name} ${process.version}` : undefined;
}

/** The parts of the answer that was written under this key: plain texts. */
export function readKnown(file: string, key: readonly string[]): readonly string[] | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const at = text.indexOf('\n');
  const body = text.slice(at + 1);
  if (text.slice(0, at) !== hash('sha256', body)) return undefined;
  const [known, ...parts] = body.split('\n');
  return known === JSON.stringify(key) ? parts : undefined;
}

/** @param parts Texts without line breaks. */
export function writeKnown(file: string, key: readonly string[], parts: readonly string[]): void {
  const body = [JSON.stringify(key), ...parts].join('\n');
  const folder = dirname(file);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    const ignore = join(folder, '.gitignore');
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n', { flag: 'wx' });
    writeFileAtomic(file, `${hash('sha256', body)}\n${body}`);
  } catch {
    // Not our folder, no room, read-only: then the next run works it out again.
  }
}
