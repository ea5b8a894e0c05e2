import { isEmbedded, type Adapter } from './adapters.ts';

export interface Row {
  readonly port: string;
  readonly scheme: string;
  readonly server: string;
}

/** What was proven on what, then what was not: for people who read the end of a test run. */
export function table(known: readonly Adapter[], proven: readonly Row[]): string {
  const rows = proven
    .map(({ port, scheme, server }) => [port, shown(scheme), server])
    .sort((a, b) => a.join().localeCompare(b.join()))
    .filter((row, index, all) => row.join() !== all[index - 1]?.join());
  const lines = columns([['port', 'adapter', 'server'], ...rows]);
  const isProven = ({ port, schemes }: Adapter) =>
    proven.some((row) => row.port === port && schemes.includes(row.scheme));
  const others = known.filter((adapter) => !isProven(adapter));
  const embedded = others.filter(isEmbedded).map(name);
  const missing = others.filter((adapter) => !isEmbedded(adapter)).map(name);
  if (embedded.length > 0) lines.push('', `On the embedded stack, by npm test: ${embedded.join(', ')}`);
  if (missing.length > 0) lines.push('', `NOT PROVEN in this run: ${missing.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

const shown = (scheme: string): string => `${scheme.slice(0, -1)}`;
const name = ({ port, schemes }: Adapter): string => `${port} ${shown(schemes[0] ?? '')}`;

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2].map((index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join(' | ')
      .trimEnd(),
  );
}
