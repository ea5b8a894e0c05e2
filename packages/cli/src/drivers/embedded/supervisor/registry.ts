import { writeFileAtomic } from '../../../platform/state-dir.ts';
import { readRegistry } from '../state-files.ts';

export interface RegistryEntry {
  readonly instance: string;
  readonly host: string;
  readonly port: number;
}

/** What clients read: ready, non-draining instances by service. */
export interface RegistryDocument {
  readonly version: number;
  readonly services: Readonly<Record<string, readonly RegistryEntry[]>>;
}

export interface Registry {
  /** Writes at once, if anything changed. */
  publish(services: RegistryDocument['services']): void;
}

/** The version goes on where an earlier supervisor stopped: clients may rely on it growing. */
export function openRegistry(path: string): Registry {
  const previous = readRegistry(path);
  let version = previous?.version ?? 0;
  let last = previous === undefined ? undefined : JSON.stringify(previous.services);
  return {
    publish(services) {
      const text = JSON.stringify(services);
      if (text === last) return;
      writeFileAtomic(path, JSON.stringify({ version: version + 1, services } satisfies RegistryDocument));
      // What was not written is not known.
      last = text;
      version += 1;
    },
  };
}
