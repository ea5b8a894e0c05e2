import { join } from 'node:path';
import { installRoot } from '../../platform/root.ts';

/** Entry files of processes of our own: from the bundle when we run from it, else from source, which Node runs as it is. */
export const supervisorEntry = (): string => entry('supervisor');
export const edgeEntry = (): string => entry('edge');

function entry(name: string): string {
  const cli = join(installRoot(), 'packages', 'cli');
  return import.meta.url.endsWith('.ts')
    ? join(cli, 'src', 'drivers', 'embedded', name, 'main.ts')
    : join(cli, 'dist', `${name}.js`);
}
