import type { Balance } from '../../../model/stack.ts';
import type { RegistryEntry } from '../supervisor/registry.ts';

/** Chooses the instance for a new connection; the others follow in the order in which to try them. */
export interface Balancer {
  order(entries: readonly RegistryEntry[], client: string): readonly RegistryEntry[];
  opened(entry: RegistryEntry): void;
  closed(entry: RegistryEntry): void;
}

export function createBalancer(balance: Balance): Balancer {
  const open = new Map<number, number>();
  let turn = 0;
  const count = (entry: RegistryEntry): number => open.get(entry.port) ?? 0;
  const start = (entries: readonly RegistryEntry[], client: string): number =>
    balance === 'ip_hash' ? hash(client) % entries.length : turn++ % entries.length;
  return {
    order(entries, client) {
      if (entries.length === 0) return [];
      const first = start(entries, client);
      const rotated = [...entries.slice(first), ...entries.slice(0, first)];
      // Stable: among equals, the turn decides.
      return balance === 'least_conn' ? rotated.sort((a, b) => count(a) - count(b)) : rotated;
    },
    opened: (entry) => void open.set(entry.port, count(entry) + 1),
    closed(entry) {
      if (count(entry) <= 1) open.delete(entry.port);
      else open.set(entry.port, count(entry) - 1);
    },
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1)
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return value;
}
