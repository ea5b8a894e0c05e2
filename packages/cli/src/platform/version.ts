import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installRoot } from './root.ts';

/** Of this installation of hometrip: `0.1.0`. */
export function installedVersion(): string {
  const file = join(installRoot(), 'packages', 'cli', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
