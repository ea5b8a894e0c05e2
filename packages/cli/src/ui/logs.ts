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
    const rest = Object.entries(fields)
      .filter(([key]) => !leftOut.has(key))
      .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(' ');
    const stamp = terminal.style('dim', time.toISOString().slice(11, 23));
    const mark =
      level === undefined ? '' : `${terminal.style(levelStyles[level] ?? 'dim', level.padEnd(5))} `;
    terminal.out(
      `${stamp} ${terminal.style(style, name.padEnd(width))} ${mark}${indented(message)}${rest === '' ? '' : ` ${terminal.style('dim', indented(rest))}`}`,
    );
  };
}

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
