/**
 * The server has a core to itself, and the load generator another one. Otherwise both wander over all of them, and the
 * slower the server is, the more of the machine it is given. Linux with `taskset` only; elsewhere nothing is pinned.
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const usable = (() => {
  if (process.platform !== 'linux' || availableParallelism() < 2) return false;
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

export const pinned = usable;

/** All threads that the process has, and those that it will start. */
export function pin(pid: number, core: 0 | 1): void {
  if (usable)
    execFileSync('taskset', ['--all-tasks', '--pid', '--cpu-list', String(core), String(pid)], {
      stdio: 'ignore',
    });
}
