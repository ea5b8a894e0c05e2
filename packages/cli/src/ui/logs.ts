/** Log lines for people: time, instance in its colour, level, message, then what else the line says. */
import type { LogLine } from '../drivers/driver.ts';
import type { Terminal } from './terminal.ts';
import { visible } from './visible.ts';

type Style = Parameters<Terminal['style']>[0];
const colours: readonly Style[] = [
  'cyan',
  'magenta',
  'blue',
  'green',
  'yellow',
  'cyanBright',
  'magentaBright',
  'blueBright',
  'greenBright',
  'yellowBright',
];
const levelStyles: Readonly<Record<string, Style>> = {
  trace: 'dim',
  debug: 'dim',
  info: 'green',
  warn: 'yellow',
  error: 'red',
  fatal: ['red', 'bold'],
};
/** Said already by the prefix, or of no use to a reader. */
const leftOut = new Set(['service', 'instance', 'pid', 'hostname', 'traceId', 'spanId']);

export function createLogPrinter(terminal: Terminal): (line: LogLine) => void {
  const seen = new Map<string, Style>();
  let width = 0;
  return ({ time, service, replica, level, message, fields }) => {
    const style = seen.get(service) ?? colours[seen.size % colours.length] ?? 'cyan';
    seen.set(service, style);
    const name = replica === 0 ? service : `${service}#${replica}`;
    width = Math.max(width, name.length);
    const { traces, others } = takeTraces(fields);
    const rest = Object.entries(others)
      .filter(([key]) => !leftOut.has(key))
      .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(' ');
    const stamp = terminal.style('dim', time.toISOString().slice(11, 23));
    const mark =
      level === undefined ? '' : `${terminal.style(levelStyles[level] ?? 'dim', level.padEnd(5))} `;
    const below = traces.map((trace) => `\n    ${terminal.style('dim', indented(trace))}`).join('');
    terminal.out(
      `${stamp} ${terminal.style(style, name.padEnd(width))} ${mark}${indented(message)}${rest === '' ? '' : ` ${terminal.style('dim', indented(rest))}`}${below}`,
    );
  };
}

/** Traces are read below the line; what else an error says stays in it: `err.code=23505`. */
function takeTraces(fields: LogLine['fields']): { traces: string[]; others: Record<string, unknown> } {
  const traces: string[] = [];
  const others: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (key === 'stack' && typeof value === 'string') traces.push(value);
    else if (hasStack(value)) {
      const { stack, type: _type, message: _message, ...more } = value;
      traces.push(stack);
      for (const [name, detail] of Object.entries(more)) others[`${key}.${name}`] = detail;
    } else others[key] = value;
  }
  return { traces, others };
}

const hasStack = (value: unknown): value is Record<string, unknown> & { stack: string } =>
  typeof value === 'object' && value !== null && 'stack' in value && typeof value.stack === 'string';

/** Only the first line of an entry begins at the margin: a line break in a message cannot pass for another entry. */
const indented = (text: string): string => visible(text).replaceAll('\n', '\n    ');

export const logJson = ({ time, service, replica, level, message, fields }: LogLine) => ({
  time: time.toISOString(),
  service,
  replica,
  level,
  message,
  fields,
});
