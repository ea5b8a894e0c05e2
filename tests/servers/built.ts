/** Servers that scripts/servers builds into the cache. */
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const SERVERS = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'hometrip-test-servers',
);

/** @param name Of the script that builds it. @throws Error when that did not run yet. */
export function built(name: string): string {
  const home = join(SERVERS, name);
  const file = existsSync(home) ? readdirSync(home).find((entry) => entry.startsWith(`${name}-`)) : undefined;
  if (file === undefined) throw new Error(`${name} is not installed: run scripts/servers/${name}.sh.`);
  return join(home, file);
}
