/** The adapters that there are, read from the ports' opener lists: `packages/runtime/src/<port>/`. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Adapter {
  /** The port's folder: `events`. */
  readonly port: string;
  /** What names it in a URL; the first is the usual one: `['amqp:', 'amqps:']`. */
  readonly schemes: readonly string[];
}

/** Of these `npm test` proves the adapters on what every machine has: the embedded PostgreSQL, and no server at all. */
const EMBEDDED = ['postgres:', 'memory:', 'file:', 'dns:', 'static:'];

export const isEmbedded = ({ schemes }: Adapter): boolean =>
  schemes.some((scheme) => EMBEDDED.includes(scheme));

/** Sorted by port. Reads the sources, so that no list has to be exported, or kept twice. */
export function adapters(
  source = fileURLToPath(new URL('../../packages/runtime/src/', import.meta.url)),
): Adapter[] {
  const ports = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return ports
    .map(({ name }) => name)
    .sort()
    .flatMap((port) =>
      readdirSync(`${source}/${port}`)
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
        .flatMap((file) => openers(readFileSync(`${source}/${port}/${file}`, 'utf8')))
        .map((schemes) => ({ port, schemes })),
    );
}

/** The schemes of each entry of an opener list in this file. */
export function openers(text: string): string[][] {
  if (!text.includes('Opener<')) return [];
  return [...text.matchAll(/\bschemes: \[([^\]]*)\]/g)].map(([, list = '']) =>
    [...list.matchAll(/'([^']+)'/g)].map(([, scheme = '']) => scheme),
  );
}
