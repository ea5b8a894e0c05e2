/** How a file was when it was read, so that a change shows without reading it again. */
import { readFileSync, type Stats, statSync } from 'node:fs';
import { extname } from 'node:path';
import type { Loader, Plugin } from 'esbuild';

/** By absolute path: modification time, size and file number; null for what was missing. */
export type Inputs = Readonly<Record<string, string | null>>;

/** Clocks of file systems tick more coarsely than ours: a file written just after we looked may seem this much older. */
const TICK_MS = 20;
const UNCERTAIN = 'saved while it was read';

export const stampOf = (path: string): string | null => text(statSync(path, { throwIfNoEntry: false }));

/**
 * For files that somebody else has read since `since`, in milliseconds: one that was saved meanwhile may have been read before or
 * after that, and counts as changed.
 */
export function stampAll(paths: readonly string[], since: number): Inputs {
  return Object.fromEntries(
    paths.toSorted().map((path) => {
      const info = statSync(path, { throwIfNoEntry: false });
      const certain = info === undefined || Math.max(info.mtimeMs, info.ctimeMs) < since - TICK_MS;
      return [path, certain ? text(info) : UNCERTAIN];
    }),
  );
}

export const isCurrent = (inputs: Inputs): boolean =>
  Object.entries(inputs).every(([path, known]) => stampOf(path) === known);

const text = (info: Stats | undefined): string | null =>
  info === undefined ? null : `${info.mtimeMs} ${info.size} ${info.ino}`;

const LOADERS: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
  '.json': 'json',
  '.txt': 'text',
};

/** Reads the modules of a bundle. Each is looked at before it is read: a save in between makes the stamp stale, never wrong. */
export function stampedReads(stamps: Map<string, string | null>): Plugin {
  return {
    name: 'stamped-reads',
    setup(build) {
      build.onLoad({ filter: /\.\w+$/, namespace: 'file' }, ({ path }) => {
        const loader = LOADERS[extname(path)];
        if (loader === undefined) return undefined;
        const stamp = stampOf(path);
        const contents = readFileSync(path);
        stamps.set(path, stamp);
        return { contents, loader };
      });
    },
  };
}
