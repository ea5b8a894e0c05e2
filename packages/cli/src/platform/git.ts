import { execFile, spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * Whether any commit of any branch that this clone knows has touched the file. Without a repository nothing has; when git cannot
 * be asked, the answer is yes: what is in a commit may be anywhere.
 */
export async function isCommitted(file: string): Promise<boolean> {
  const folder = nearestFolder(file);
  if (repositoryOf(folder) === undefined) return false;
  const args = ['-C', folder, 'log', '--all', '--format=%H', '--max-count=1', '--', file];
  return await new Promise((answer) => {
    execFile('git', args, { env: ownEnvironment() }, (error, stdout) =>
      answer(error !== null || stdout.trim() !== ''),
    );
  });
}

/**
 * A function that says of a file's folder in which repository it is, and where the branches, tags and the head of that point
 * to: while this is the same, so is every answer of `isCommitted`. Each repository is asked once.
 */
export function historyReader(): (folder: string) => string {
  const known = new Map<string, string>();
  return (folder) => {
    const repository = repositoryOf(nearestFolder(join(folder, 'x')));
    if (repository === undefined) return 'none';
    let token = known.get(repository);
    if (token === undefined) {
      const args = ['-C', repository, 'show-ref', '--head'];
      const { status, stdout } = spawnSync('git', args, { env: ownEnvironment() });
      token = hash('sha256', `${repository} ${status} ${stdout}`);
      known.set(repository, token);
    }
    return token;
  };
}

/** A hook of git sets variables that name another repository. */
const ownEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));

function repositoryOf(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** The nearest one upwards that exists. */
const nearestFolder = (file: string): string =>
  existsSync(dirname(file)) ? dirname(file) : nearestFolder(dirname(file));
