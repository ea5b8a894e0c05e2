/** One generate at a time per output folder. A lock whose owner is gone is taken over. */
import { linkSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../platform/errors.ts';
import { LOCK_PATH, STATE_DIR, TEMP_SUFFIX } from './paths.ts';

export interface TreeLock extends Disposable {
  /** Releases the lock; a second call does nothing. */
  release(): void;
}

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process started, as the kernel counts; tells a process from a later one with its number. */
  readonly started?: string;
}

let taken = 0;

/**
 * Waits for the folder's lock. Creates `<out>/.hometrip/` when needed.
 * @param options.waitMs how long to wait for another run, 10 s when absent
 * @throws UserError when another run still holds it then.
 */
export async function lockTree(out: string, options: { waitMs?: number } = {}): Promise<TreeLock> {
  mkdirSync(join(out, STATE_DIR), { recursive: true });
  const lock = join(out, LOCK_PATH);
  // A whole file is linked into place: nobody ever reads half a lock.
  taken += 1;
  const own = `${lock}.${process.pid}.${taken}${TEMP_SUFFIX}`;
  writeFileSync(own, JSON.stringify(describe(process.pid)));
  try {
    const deadline = performance.now() + (options.waitMs ?? 10_000);
    while (!tryLink(own, lock)) {
      const holder = readIfThere(lock);
      if (holder === undefined) continue;
      const owner = parseOwner(holder);
      if (owner === undefined || isDead(owner)) takeAway(lock, holder);
      else if (performance.now() >= deadline) throw held(owner);
      else await delay(25);
    }
  } finally {
    rmSync(own, { force: true });
  }
  removeLeftOvers(join(out, STATE_DIR));
  let holding = true;
  const release = (): void => {
    if (holding) rmSync(lock, { force: true });
    holding = false;
  };
  return { release, [Symbol.dispose]: release };
}

function tryLink(own: string, lock: string): boolean {
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the unlinked lock files of processes that were killed while they waited. */
function removeLeftOvers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /^lock\.(\d+)\./.exec(name)?.[1];
    if (pid === undefined || !name.endsWith(TEMP_SUFFIX)) continue;
    if (isDead({ pid: Number(pid), host: hostname() })) rmSync(join(folder, name), { force: true });
  }
}

/** Moves a dead owner's lock away; only one process can win the rename, and a fresh lock caught by it goes back. */
function takeAway(lock: string, seen: string): void {
  const aside = `${lock}.${process.pid}.dead${TEMP_SUFFIX}`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readIfThere(aside) !== seen) tryLink(aside, lock);
  rmSync(aside, { force: true });
}

function isDead(owner: Owner): boolean {
  if (owner.host !== hostname()) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  const now = describe(owner.pid).started;
  return owner.started !== undefined && now !== undefined && now !== owner.started;
}

function describe(pid: number): Owner {
  // Linux: field 22 of /proc/<pid>/stat, counted behind the command's closing parenthesis (proc_pid_stat(5)).
  const stat = process.platform === 'linux' ? readIfThere(`/proc/${pid}/stat`) : undefined;
  const started = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return { pid, host: hostname(), ...(started !== undefined && { started }) };
}

function parseOwner(text: string): Owner | undefined {
  try {
    const { pid, host, started } = JSON.parse(text) as Partial<Owner>;
    if (typeof pid !== 'number' || typeof host !== 'string') return undefined;
    return { pid, host, ...(started !== undefined && { started }) };
  } catch {
    return undefined;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function held(owner: Owner): UserError {
  return new UserError(`another hometrip generate is writing here (process ${owner.pid} on ${owner.host})`, {
    where: LOCK_PATH,
    next: [
      'Wait for it to end, then run this again.',
      `If no such process exists, remove <output folder>/${LOCK_PATH}.`,
    ],
  });
}
