/** Who takes part. */
import { FEATURES, type Feature } from './features.ts';

export interface Contestant {
  readonly name: string;
  /** Relative to this folder. */
  readonly file: string;
  readonly argument?: string;
  /** `full`: checked to do all that ours does; `bare`: a handler and nothing else. */
  readonly kind: 'bare' | 'full' | 'part';
  /** Features that a `part` does without. */
  readonly without?: readonly Feature[];
}

const bare = (name: string, file: string): Contestant => ({ name, file, kind: 'bare' });
const full = (name: string, file: string): Contestant => ({ name, file, kind: 'full' });

export const CONTESTANTS: readonly Contestant[] = [
  bare('node:http', 'contestants/node-http.mjs'),
  bare('Fastify 5', 'contestants/fastify.mjs'),
  bare('Express 5', 'contestants/express.mjs'),
  bare('Moleculer 0.15', 'contestants/moleculer.mjs'),
  bare('NestJS 12', 'contestants/nest.mjs'),
  full('**hometrip runtime**', 'hometrip.ts'),
  full('Fastify 5', 'contestants/fastify-full.mjs'),
  full('Express 5', 'contestants/express-full.mjs'),
  full('Moleculer 0.15', 'contestants/moleculer-full.mjs'),
  full('NestJS 12 on Fastify', 'contestants/nest-fastify-full.mjs'),
  full('NestJS 12', 'contestants/nest-full.mjs'),
];

const part = (name: string, without: readonly Feature[]): Contestant => ({
  name,
  file: 'hometrip-parts.ts',
  argument: without.join(','),
  kind: 'part',
  without,
});

/** The first has all features, the last none. */
export const PARTS: readonly Contestant[] = [
  part('all', []),
  ...FEATURES.map((feature) => part(feature, [feature])),
  part('none', FEATURES),
];
