import { createHash } from 'node:crypto';
import { readlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { commandLine, listProcesses } from '../../../platform/process-list.ts';

/**
 * Name of the cluster of a data directory. The server carries it on its command line and every worker in its title
 * (`postgres: <name>: checkpointer`), which anybody may read, while `/proc/<pid>/cwd` needs rights that root lacks in
 * containers.
 */
export function clusterName(dataDir: string): string {
  return `hometrip-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`;
}

/** True when `pid` is, right now, the postmaster of this data directory: never a reused pid or a copied pid file. */
export async function isPostmasterOf(pid: number, dataDir: string): Promise<boolean> {
  const command = await commandLine(pid);
  // A zombie has an empty command line. Workers show their title here, which does not hold the option.
  if (command === undefined || !/(^|\/)postgres /.test(command)) return false;
  const directory = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  // A checkout that was moved while its server ran: the directory follows, the name does not.
  return directory !== undefined
    ? directory === dataDir
    : command.includes(`cluster_name=${clusterName(dataDir)}`);
}

/** Workers that outlived their postmaster. They hold the shared memory of a cluster that no longer exists. */
export async function orphansOf(dataDir: string): Promise<number[]> {
  const title = `postgres: ${clusterName(dataDir)}: `;
  return (await listProcesses()).filter(({ command }) => command.startsWith(title)).map(({ pid }) => pid);
}

/**
 * Workers notice the end of their postmaster by themselves, save those in the middle of a long computation: these are
 * told, then forced.
 */
export async function sweepOrphans(dataDir: string, graceMs = 1_000): Promise<void> {
  const signals = ['SIGQUIT', 'SIGKILL'] as const;
  for (const signal of [undefined, ...signals]) {
    const orphans = await orphansOf(dataDir);
    if (orphans.length === 0) return;
    if (signal !== undefined) for (const pid of orphans) kill(pid, signal);
    await until(async () => (await orphansOf(dataDir)).length === 0, graceMs);
  }
}

/** Sends a signal; false when the process is gone. */
export function kill(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Polls until the condition holds (true) or the time is over (false). */
export async function until(
  condition: () => Promise<boolean>,
  limitMs: number,
  everyMs = 10,
): Promise<boolean> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() >= end) return false;
    await delay(everyMs);
  }
  return true;
}
