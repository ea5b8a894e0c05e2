/** The tarballs of both packages, packed once for all tests that install them, and again when something in them has changed. */
import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../packages/cli/src/platform/repository.fixture.ts';
import { withLock } from '../../scripts/boot/lock.mjs';
import { pack } from '../../scripts/pack/pack.mjs';

export interface Tarballs {
  readonly cli: string;
  readonly runtime: string;
}

const SOURCES = ['packages', 'templates', 'scripts/pack', 'scripts/boot', 'pnpm-lock.yaml', 'services.yaml'];
const LEFT_OUT = /(^|[\\/])(node_modules|dist)[\\/]|\.test\.ts$/;
const KEPT = 'packed-';

export async function packedTarballs(): Promise<Tarballs> {
  const dist = join(repository, 'dist');
  const folder = join(dist, `${KEPT}${stamp()}`);
  // Test files run side by side.
  await withLock(join(dist, 'packing'), async () => {
    if (existsSync(folder)) return;
    const partial = join(dist, `partial-${process.pid}`);
    await pack(partial);
    for (const name of readdirSync(dist))
      if (name.startsWith(KEPT)) rmSync(join(dist, name), { recursive: true, force: true });
    renameSync(partial, folder);
  });
  const tarball = (name: string): string => {
    const found = readdirSync(folder).find((file) => file.startsWith(`hometrip-${name}-`));
    if (found === undefined) throw new Error(`no tarball of ${name} in ${folder}`);
    return join(folder, found);
  };
  return { cli: tarball('cli'), runtime: tarball('runtime') };
}

function stamp(): string {
  const files = SOURCES.flatMap((source) => {
    const path = join(repository, source);
    if (statSync(path).isFile()) return [path];
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  });
  const lines = files
    .filter((file) => !LEFT_OUT.test(file.slice(repository.length)))
    .sort()
    .map((file) => `${file.slice(repository.length)} ${hash('sha256', readFileSync(file))}`);
  return hash('sha256', lines.join('\n')).slice(0, 16);
}
