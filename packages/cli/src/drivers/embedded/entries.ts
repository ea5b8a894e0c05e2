import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliFolder } from '../../platform/installation.ts';

/** Entry files of processes of our own: from the bundle when we run from it, else from source, which Node runs as it is. */
export const supervisorEntry = (): string => entry('supervisor');
export const edgeEntry = (): string => entry('edge');

function entry(name: string): string {
  return import.meta.url.endsWith('.ts')
    ? join(cliFolder(), 'src', 'drivers', 'embedded', name, 'main.ts')
    : join(cliFolder(), 'dist', `${name}.js`);
}

/** Of the code that the edge runs. */
export const edgeVersion = (): string =>
  createHash('sha256').update(readFileSync(edgeEntry())).digest('hex').slice(0, 12);
