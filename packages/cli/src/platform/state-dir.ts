/**
 * Everything that a stack keeps on this machine lies in `<project>/.hometrip/`: out of git, removed with the checkout,
 * and separate for every checkout, so that two stacks of the same name run side by side.
 */
import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from './errors.ts';

export interface StateDir {
  readonly project: string;
  readonly root: string;
  /** One file per secret, 0600, created once. */
  readonly secrets: string;
  /** What lives as long as processes do: locks, instance files, registry, the control socket. Empty after `down`. */
  readonly run: string;
  readonly instances: string;
  readonly logs: string;
  /** Data directory of the embedded PostgreSQL. */
  readonly postgres: string;
  readonly build: string;
  readonly compileCache: string;
  /** What was applied last: stack, replicas, fingerprints. */
  readonly applied: string;
  /** What the data holds: databases and applied migrations. Goes with the volumes. */
  readonly data: string;
  /** Replicas that `scale` asked for. */
  readonly scale: string;
  readonly registry: string;
}

export function stateDir(project: string): StateDir {
  const root = join(resolve(project), '.hometrip');
  const run = join(root, 'run');
  return {
    project: resolve(project),
    root,
    run,
    secrets: join(root, 'secrets'),
    instances: join(run, 'instances'),
    logs: join(root, 'logs'),
    postgres: join(root, 'postgres'),
    build: join(root, 'build'),
    compileCache: join(root, 'build', 'compile-cache'),
    applied: join(root, 'stack.json'),
    data: join(root, 'data.json'),
    scale: join(root, 'scale.json'),
    registry: join(run, 'registry.json'),
  };
}

/**
 * Creates the folders; secrets and control files are the user's alone. So is what we execute, whatever the umask: who may
 * write to the root could put folders of their own in the place of these. Not 0700 there: the server of root's stack
 * runs as another user, who has to get to its data.
 */
export async function prepareStateDir(dir: StateDir): Promise<void> {
  await ownFolder(dir.root, 0o755);
  await Promise.all([
    mkdir(dir.secrets, { recursive: true, mode: 0o700 }),
    mkdir(dir.run, { recursive: true, mode: 0o700 }).then(() =>
      mkdir(dir.instances, { recursive: true, mode: 0o700 }),
    ),
    mkdir(dir.logs, { recursive: true, mode: 0o700 }),
    ownFolder(dir.build, 0o700),
    // Also where the project's own .gitignore does not know the folder.
    writeFile(join(dir.root, '.gitignore'), '*\n', { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    }),
  ]);
}

/** Also one that is there already loses the rights that others have no business with. */
async function ownFolder(path: string, mode: number): Promise<void> {
  await mkdir(path, { recursive: true, mode });
  const present = (await stat(path)).mode & 0o777;
  if ((present & ~mode) !== 0) await chmod(path, present & mode);
}

/** Replaces the file in one step: readers see the old text or the new one. `mode` is 0600 unless told otherwise. */
export function writeFileAtomic(path: string, text: string, mode = 0o600): void {
  const partial = `${path}.${randomBytes(6).toString('hex')}.partial`;
  try {
    writeFileSync(partial, text, { mode });
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
    throw new UserError('hometrip keeps a file here, and a folder lies there', {
      where: path,
      next: ['move the folder away, then run the command again'],
      cause: error,
    });
  }
}
