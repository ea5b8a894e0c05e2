import { existsSync } from 'node:fs';
import type { LogLine, LogQuery } from '../drivers/driver.ts';
import { logFile } from '../drivers/embedded/logs/files.ts';
import { ownProcesses } from '../model/own-processes.ts';
import { UserError } from '../platform/errors.ts';
import type { Project } from '../platform/project.ts';
import { openStack, requireApplied, requireInstances } from './stack-context.ts';

export type LogsOptions = Partial<LogQuery>;

/** Merged log lines, oldest first; a consumer that stops reading stops the reading of files. */
export function logs(
  project: Pick<Project, 'root'>,
  options: LogsOptions,
  signal: AbortSignal,
): AsyncIterable<LogLine> {
  const context = openStack(project);
  const services = options.services ?? [];
  requireInstances(
    requireApplied(context),
    services.filter((name) => !ownProcesses.includes(name)),
    // A replica that is gone has left its log.
    (service, replica) => existsSync(logFile(context.dir.logs, service, replica)),
  );
  return context.driver.logs(
    {
      services,
      follow: options.follow ?? false,
      since: options.since,
      tail: options.tail,
      grep: options.grep,
      level: options.level,
    },
    signal,
  );
}

/** `90s`, `15m`, `2h`, `1d`, or an ISO 8601 instant. @throws UserError for anything else. */
export function parseSince(text: string, now: Date): Date {
  const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined)
    return new Date(now.getTime() - Number(amount) * (units[unit] ?? 0));
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  throw new UserError(`"${text}" is not a time`, {
    next: ['write how long ago, as 90s, 15m, 2h or 1d, or when, as 2026-11-22T20:00:00Z'],
  });
}
