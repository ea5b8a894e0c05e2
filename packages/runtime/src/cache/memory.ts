import type { Clock } from '../clock.ts';
import type { CacheAdapter } from './port.ts';

interface Entry {
  readonly value: string;
  readonly expiresAt: number;
  readonly tags: readonly string[];
}

const MOST = 10_000;

/** In this process only, bounded: the entry that was set first goes first. */
export function openMemoryCache(clock: Clock): CacheAdapter {
  const entries = new Map<string, Entry>();
  return {
    async get(key) {
      const entry = entries.get(key);
      if (entry !== undefined && entry.expiresAt > clock.now()) return entry.value;
      entries.delete(key);
      return undefined;
    },
    async set(key, value, ttlMs, tags) {
      entries.delete(key);
      entries.set(key, { value, expiresAt: clock.now() + ttlMs, tags });
      const oldest = entries.keys().next().value;
      if (entries.size > MOST && oldest !== undefined) entries.delete(oldest);
    },
    async delete(key) {
      entries.delete(key);
    },
    async deleteTag(tag) {
      for (const [key, entry] of entries) if (entry.tags.includes(tag)) entries.delete(key);
    },
    async close() {
      entries.clear();
    },
  };
}
