/**
 * Processes of a stack carry a marker in their title, which anybody may read: `hometrip-<stack>/booking-service#2.7`.
 * It tells our processes from strangers that got the same pid later, and finds those whose starter was killed before it
 * could write a pid down.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { commandLine, listProcesses } from '../../platform/process-list.ts';

const run = promisify(execFile);

/** Identity of a checkout's stack: equal for equal state folders. */
export function stackId(stateRoot: string): string {
  return createHash('sha256').update(stateRoot).digest('hex').slice(0, 12);
}

export function marker(stack: string, name: string): string {
  return `hometrip-${stack}/${name}`;
}

export interface MarkedProcess {
  readonly pid: number;
  /** What follows the stack's id: `booking-service#2.7`. */
  readonly name: string;
}

/** Every living process of this stack. */
export async function findProcesses(stack: string): Promise<MarkedProcess[]> {
  const pattern = new RegExp(`(?:^|[ =])hometrip-${stack}/(\\S+)`);
  const found = (await listProcesses()).flatMap(({ pid, command }) => {
    const name = pattern.exec(command)?.[1];
    return name === undefined ? [] : [{ pid, name }];
  });
  return found.filter(({ pid }) => pid !== process.pid);
}

/** True when this very process lives: neither a zombie, nor a stranger that got its pid. */
export async function isAlive(pid: number, mark: string): Promise<boolean> {
  const command = await commandLine(pid);
  if (command === undefined) return false;
  const at = command.indexOf(mark);
  return at >= 0 && /^(\s|$)/.test(command.slice(at + mark.length));
}

/** Sends a signal; false when there is no such process. Never to a group: 0 and negative numbers mean those. */
export function kill(pid: number, signal: NodeJS.Signals): boolean {
  if (!(pid > 0)) return false;
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Polls until the condition holds (true), the time is over, or the signal came (false). */
export async function until(
  condition: () => boolean | Promise<boolean>,
  { limitMs, everyMs = 20, signal }: { limitMs: number; everyMs?: number; signal?: AbortSignal },
): Promise<boolean> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() >= end || signal?.aborted === true) return false;
    await delay(everyMs);
  }
  return true;
}

export interface ProcessUsage {
  /** Seconds of CPU time since its start. */
  readonly cpuSeconds: number;
  /** Resident bytes. */
  readonly memory: number;
}

/** CPU and memory of processes; those that are gone are missing in the answer. */
export async function processUsage(pids: readonly number[]): Promise<Map<number, ProcessUsage>> {
  if (pids.length === 0) return new Map();
  if (process.platform === 'linux') {
    return new Map(
      pids.flatMap((pid) => {
        const usage = linuxUsage(pid);
        return usage === undefined ? [] : [[pid, usage] as const];
      }),
    );
  }
  const { stdout } = await run('ps', ['-o', 'pid=,time=,rss=', '-p', pids.join(',')]).catch(() => ({
    stdout: '',
  }));
  return new Map(
    stdout.split('\n').flatMap((line) => {
      const [pid, time = '', rss] = line.trim().split(/\s+/);
      const seconds = time.split(/[-:]/).reduce((total, part) => total * 60 + Number(part), 0);
      return pid === undefined || pid === ''
        ? []
        : [[Number(pid), { cpuSeconds: seconds, memory: Number(rss) * 1024 }] as const];
    }),
  );
}

/** USER_HZ is 100 and pages hold 4 KiB on every Linux that Node runs on, save some ARM kernels with larger pages. */
function linuxUsage(pid: number): ProcessUsage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const resident = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    if (resident === undefined) return undefined;
    return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100, memory: Number(resident) * 1024 };
  } catch {
    return undefined;
  }
}
