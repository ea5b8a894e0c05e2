import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readFile, readdir, realpath, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ExternalError, UserError } from '../../../platform/errors.ts';
import type { RunnableBinaries } from './binaries.ts';
import { findBinaries, prepareBinaries } from './binaries.ts';
import { cacheDir } from './cache-dir.ts';
import { explainFiles } from './explain.ts';
import { createWhole, flushToDisk } from './partial-dir.ts';
import type { RunAs } from './run-as.ts';
import { chooseRunAs } from './run-as.ts';
import { writeSettings } from './settings.ts';
import { setSuperuserPassword } from './superuser.ts';
import { ensureTemplate } from './template.ts';

export interface ClusterOptions {
  /** Created when missing; its parent must exist or be creatable by this process. */
  readonly dataDir: string;
  /** Printable ASCII without spaces. */
  readonly superuserPassword: string;
  /** Default: for root the owner of the directory or nobody; otherwise the user of this process. */
  readonly runAs?: RunAs;
  /** Default: {@link cacheDir}. */
  readonly cache?: string;
}

export interface Cluster {
  /** Without symbolic links. */
  readonly dataDir: string;
  readonly binaries: RunnableBinaries;
  readonly runAs: RunAs | undefined;
  /** False when it was there already. */
  readonly created: boolean;
}

const run = promisify(execFile);

/**
 * Makes the data directory if there is none: complete, with its password, or not at all. An existing one is checked
 * and left as it is.
 *
 * @throws UserError when the directory is of another major version, is no cluster, or cannot be written.
 */
export async function ensureCluster(options: ClusterOptions): Promise<Cluster> {
  return ensure(options).catch((error: NodeJS.ErrnoException) => {
    throw (error.code === undefined ? undefined : explainFiles(String(error.code), options.dataDir)) ?? error;
  });
}

async function ensure(options: ClusterOptions): Promise<Cluster> {
  const cache = options.cache ?? cacheDir();
  const dataDir = await resolveDataDir(options.dataDir);
  const runAs = options.runAs ?? chooseRunAs(dataDir);
  const binaries = await prepareBinaries(findBinaries(), cache, runAs);
  if (await isCluster(dataDir, binaries.major)) return { dataDir, binaries, runAs, created: false };
  const template = await ensureTemplate(binaries, cache, runAs);
  const created = await createWhole(dataDir, async (partial) => {
    if (runAs !== undefined) await chown(partial, runAs.uid, runAs.gid);
    await copyTree(template, partial);
    await writeSettings(partial, runAs);
    await setSuperuserPassword(binaries, partial, runAs, options.superuserPassword);
    // Names the folder that it ran in, which is about to move.
    await rm(join(partial, 'postmaster.opts'), { force: true });
    // The server flushes what it writes itself; committed rows rely on the copied files, too.
    await flushToDisk(partial);
  });
  return { dataDir, binaries, runAs, created };
}

/** Like realpath, for a directory that may not exist yet. */
async function resolveDataDir(dataDir: string): Promise<string> {
  const existing = await realpath(dataDir).catch(() => undefined);
  if (existing !== undefined) return existing;
  await mkdir(dirname(dataDir), { recursive: true });
  return join(await realpath(dirname(dataDir)), basename(dataDir));
}

async function isCluster(dataDir: string, major: string): Promise<boolean> {
  const names: string[] = await readdir(dataDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.length === 0) return false;
  if (!names.includes('PG_VERSION')) {
    throw new UserError('this folder is not empty, and not a PostgreSQL data directory', {
      where: dataDir,
      next: ['Move what is in it elsewhere'],
    });
  }
  const version = (await readFile(join(dataDir, 'PG_VERSION'), 'utf8')).trim();
  if (version === major) return true;
  throw new UserError(
    `the data directory was written by PostgreSQL ${version}, and the embedded server is ${major}`,
    {
      where: dataDir,
      next: [
        `With the hometrip version that has PostgreSQL ${version}: hometrip up, then dump the databases with pg_dump`,
        'Then with this version: hometrip down --volumes, hometrip up, and load the dumps with pg_restore',
      ],
    },
  );
}

/** cp keeps owners, and is three times faster than Node's own recursive copy; it shares blocks where it can. */
async function copyTree(from: string, to: string): Promise<void> {
  const flags = process.platform === 'darwin' ? ['-Rpc'] : ['-a', '--reflink=auto'];
  await run('cp', [...flags, `${from}/.`, to]).catch((error: Error & { stderr?: string }) => {
    const text = error.stderr ?? error.message;
    throw (
      explainFiles(text, to) ??
      new ExternalError('the template cluster could not be copied', {
        command: `cp ${flags.join(' ')} ${from}/. ${to}`,
        lastLines: text.trim().split('\n').slice(-5),
        cause: error,
      })
    );
  });
  await chmod(to, 0o700);
}
