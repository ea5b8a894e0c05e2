import { join } from 'node:path';
import { type Evidence, listSeen, readSeen } from './evidence.ts';

/** What renderers may know of earlier output: read on demand, nothing is cached beyond one run. */
export function outputFolder(
  out: string,
  evidence?: Evidence,
): {
  existing(path: string): string | undefined;
  list(folder: string): readonly string[];
} {
  return {
    existing: (path) => readSeen(join(out, path), evidence)?.toString('utf8'),
    list: (folder) => (listSeen(join(out, folder), evidence) ?? []).filter((name) => !/[/?]$/.test(name)),
  };
}
