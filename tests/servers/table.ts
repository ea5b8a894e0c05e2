import { isEmbedded, type Adapter } from './adapters.ts';
import type { Counts } from './counts.ts';

/** Servers of the reference stack that no registry carries, and what stands in for them here. */
export const NOT_TO_BE_HAD = [
  'mongod: DocumentDB on PostgreSQL stands in, behind a front of ours that adds sessions and transactions; users log in to FerretDB, which has neither',
  'Elasticsearch 8 and 9: Maven Central has the server, not its HTTP module nor its analysis and reindex modules; OpenSearch 2 and 3 stand in, and what is sent to them has the shapes that Elasticsearch 9 publishes',
  'Consul newer than 1.8: Debian has none, and its Go module cannot be had whole; by hand the suite passed on 1.16.2 once',
] as const;

export interface Row {
  readonly port: string;
  readonly scheme: string;
  readonly server: string;
}

/** What became of what was sent in the tests that stop, kill and cut off. */
export function countsTable(reports: readonly { readonly what: string; readonly counts: Counts }[]): string {
  if (reports.length === 0) return '';
  const names = ['sent', 'acknowledged', 'refused', 'delivered', 'repeated', 'lost'] as const;
  const rows = reports
    .map(({ what, counts }) => [what, ...names.map((name) => String(counts[name]))])
    .sort((a, b) => String(a[0]).localeCompare(String(b[0])));
  return `${columns([['interrupted', ...names], ...rows]).join('\n')}\n`;
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
  lines.push('', 'Not to be had from package registries:', ...NOT_TO_BE_HAD.map((note) => `- ${note}`));
  return `${lines.join('\n')}\n`;
}

const shown = (scheme: string): string => `${scheme.slice(0, -1)}`;
const name = ({ port, schemes }: Adapter): string => `${port} ${shown(schemes[0] ?? '')}`;

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join(' | ')
      .trimEnd(),
  );
}
