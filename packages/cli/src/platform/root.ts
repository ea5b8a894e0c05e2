import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BugError } from './errors.ts';

/** The folder of this installation, with `templates/` and `packages/` in it: the same from the source and from the bundle. */
export function installRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'templates')) && existsSync(join(folder, 'packages', 'runtime')))
      return folder;
    if (dirname(folder) === folder) throw new BugError(`no installation of hometrip around ${start}`);
  }
}
