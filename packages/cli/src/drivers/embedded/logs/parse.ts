import type { LogLine } from '../../driver.ts';
import { SUPERVISOR } from '../../../model/own-processes.ts';

export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Level = (typeof LEVELS)[number];

/** pino's numbers, for libraries that keep them. */
const NUMBERS: Readonly<Record<number, Level>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** One line as its process wrote it; lines that are not JSON keep the time of the line before them, which is `fallback`. */
export function parseLine(
  raw: string,
  source: { service: string; replica: number },
  fallback: Date,
): LogLine {
  const { service, replica } = source;
  const document = parseObject(raw);
  const server = document === undefined ? parseServerLine(raw) : undefined;
  if (server !== undefined) return { ...server, service, replica, raw, fields: {} };
  if (document === undefined)
    return { time: fallback, service, replica, level: undefined, message: raw, raw, fields: {} };
  const { time, level, msg, message, service: _service, instance, ...others } = document;
  // The supervisor's lines tell of instances; all others tell of themselves.
  const fields = service === SUPERVISOR && instance !== undefined ? { instance, ...others } : others;
  return {
    time: parseTime(time) ?? fallback,
    service,
    replica,
    level: typeof level === 'number' ? NUMBERS[level] : typeof level === 'string' ? level : undefined,
    message: typeof msg === 'string' ? msg : typeof message === 'string' ? message : '',
    raw,
    fields,
  };
}

const SEVERITIES: Readonly<Record<string, Level>> = {
  LOG: 'info',
  WARNING: 'warn',
  ERROR: 'error',
  FATAL: 'fatal',
  PANIC: 'fatal',
};
/** `2026-11-22 22:04:47.076 UTC [31543] LOG:  …`, as the prefix in postgres/settings.ts makes PostgreSQL write. */
const SERVER_LINE = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3}) UTC \[\d+\] (.*)$/s;

export const isServerLine = (raw: string): boolean => SERVER_LINE.test(raw);

function parseServerLine(raw: string): Pick<LogLine, 'time' | 'level' | 'message'> | undefined {
  const [, day, time, rest = ''] = SERVER_LINE.exec(raw) ?? [];
  if (day === undefined) return undefined;
  const [, who = '', severity = '', text] = /^(\S*@\S* )?([A-Z]+): {2}(.*)$/s.exec(rest) ?? [];
  const level = SEVERITIES[severity];
  return {
    time: new Date(`${day}T${time}Z`),
    level,
    message: level === undefined || text === undefined ? rest : `${who}${text}`,
  };
}

function parseObject(raw: string): Record<string, unknown> | undefined {
  if (!raw.startsWith('{')) return undefined;
  try {
    return JSON.parse(raw) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function parseTime(value: unknown): Date | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
