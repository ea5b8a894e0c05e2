import type { Port } from '../port.ts';

/**
 * What a cache server must do. Keys arrive with the service's prefix. Everything may be lost at any time; nothing is
 * returned after its time. Errors are thrown: the port above turns them into misses.
 */
export interface CacheAdapter extends Port {
  get(key: string): Promise<string | undefined>;
  /** @param ttlMs From now. */
  set(key: string, value: string, ttlMs: number, tags: readonly string[]): Promise<void>;
  delete(key: string): Promise<void>;
  /** Deletes all entries with this tag. */
  deleteTag(tag: string): Promise<void>;
}
