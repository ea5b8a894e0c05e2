/** What tells whether code is the same: the contents of all its modules, wherever they lie and whatever they are bundled with. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import type { Metafile } from 'esbuild';
import { cliFolder } from '../installation.ts';

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

/** Where the code of services comes from. */
export interface Places {
  /** Folder of the project, absolute. */
  readonly project: string;
  /** Folder of the `@hometrip/runtime` that its services run on. */
  readonly runtime: string;
}

/** Says what a file is in every checkout and installation of the same code, so that its services have equal fingerprints. */
export function portable({ project, runtime }: Places, path: string): string {
  for (const [name, folder] of [
    ['@hometrip/runtime', runtime],
    ['@hometrip/cli', cliFolder()],
  ] as const) {
    if (isWithin(folder, path)) return join(name, relative(folder, path));
  }
  return /.*[/\\]node_modules[/\\](.+)$/s.exec(path)?.[1] ?? relative(project, path);
}

export function isWithin(folder: string, path: string): boolean {
  const inside = relative(folder, path);
  return !inside.startsWith('..') && !isAbsolute(inside);
}

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
