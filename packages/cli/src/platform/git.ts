import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * Whether any commit of any branch that this clone knows has touched the file. Without a repository nothing has; when git cannot
 * be asked, the answer is yes: what is in a commit may be anywhere.
 */
export async function isCommitted(file: string): Promise<boolean> {
  if (!isInRepository(dirname(file))) return false;
  // A hook of git sets variables that name another repository.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  const args = ['-C', nearestFolder(file), 'log', '--all', '--format=%H', '--max-count=1', '--', file];
  return await new Promise((answer) => {
    execFile('git', args, { env }, (error, stdout) => answer(error !== null || stdout.trim() !== ''));
  });
}

function isInRepository(folder: string): boolean {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return true;
    if (dirname(at) === at) return false;
  }
}

const nearestFolder = (file: string): string =>
  existsSync(dirname(file)) ? dirname(file) : nearestFolder(dirname(file));
