/** Installs the other frameworks below `contestants/`, as their lock file names them, when that is not done yet. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('contestants/', import.meta.url);
const lock = readFileSync(new URL('package-lock.json', folder), 'utf8');
// Inside node_modules: whoever deletes the packages deletes the claim that they are there.
const stamp = new URL('node_modules/.lock-installed', folder);

export function installContestants(): void {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('installing the other frameworks (once, about 100 MB)');
  const { status, stderr, error } = spawnSync('npm', ['ci', '--ignore-scripts', '--prefer-offline'], {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm could not install the contestants: ${error?.message ?? stderr}`);
  writeFileSync(stamp, lock);
}
