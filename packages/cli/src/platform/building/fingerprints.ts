/** What tells whether code is the same: the contents of all its modules, wherever they lie and whatever they are bundled with. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import type { Metafile } from 'esbuild';

export const digest = (data: string | Buffer): string =>
  createHash('sha256').update(data).digest('hex').slice(0, 16);

/** Of files, each read once; of what is no file (a module that we make up) its name. */
export function contentDigest(): (path: string) => string {
  const known = new Map<string, string>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const found = existsSync(path) ? digest(readFileSync(path)) : path;
    known.set(path, found);
    return found;
  };
}

/** Relative to the installation or the project, so that two checkouts of the same code have equal fingerprints. */
export const portablePath =
  (project: string, installation: string) =>
  (path: string): string => {
    const inside = relative(installation, path);
    return inside.startsWith('..') || isAbsolute(inside) ? relative(project, path) : inside;
  };

/** Names of all inputs that this one leads to, itself among them. */
export function reachedFrom(metafile: Metafile, start: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const queue = [start];
  for (let input = queue.pop(); input !== undefined; input = queue.pop()) {
    if (reached.has(input)) continue;
    reached.add(input);
    for (const { path, external } of metafile.inputs[input]?.imports ?? [])
      if (external !== true) queue.push(path);
  }
  return reached;
}
