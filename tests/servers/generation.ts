/**
 * The suites run over several sets of servers: what a stable Debian has, the majors of today, and what went its own way but speaks
 * the same protocol (Valkey for Redis). Each set is a project of Vitest of its own (vitest.config.ts), so no suite knows more
 * than one server.
 */
export type Generation = 'stable' | 'newer' | 'fork';

/** Names the set of a run. */
export const GENERATION = 'HOMETRIP_TEST_SERVERS_GENERATION';

export const generation = (env: Readonly<Record<string, unknown>> = process.env): Generation => {
  const name = env[GENERATION];
  return name === 'newer' || name === 'fork' ? name : 'stable';
};
