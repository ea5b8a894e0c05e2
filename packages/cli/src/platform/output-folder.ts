import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What renderers may know of earlier output: read on demand, nothing is cached beyond one run. */
export function outputFolder(out: string): {
  existing(path: string): string | undefined;
  list(folder: string): readonly string[];
} {
  return {
    existing: (path) => absentAsUndefined(() => readFileSync(join(out, path), 'utf8')),
    list: (folder) =>
      absentAsUndefined(() =>
        readdirSync(join(out, folder), { withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => entry.name)
          .sort(),
      ) ?? [],
  };
}

function absentAsUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
