import type { PortOptions } from '../port.ts';
import { type Entry, Followers, type KeptLog } from './followers.ts';
import type { Keep, PubSub } from './port.ts';
import { isAfter } from './position.ts';
import { Topics } from './topics.ts';

interface Member {
  readonly topics: Topics;
  readonly followers: Followers;
}

interface Log {
  readonly entries: Entry[];
  expiresAt: number;
}

/** For so long an id is known. */
const ID_MS = 600_000;

/** What all that opened the same URL share. */
class Hub {
  readonly members = new Set<Member>();
  readonly #logs = new Map<string, Log>();
  /** By topic and id, the oldest first. */
  readonly #ids = new Map<string, { readonly position: string; readonly at: number }>();
  /** From the clock, so that no position of an earlier process is given again. */
  #position = Date.now() * 1_000;

  deliver(topic: string, text: string, position?: string): void {
    for (const { topics, followers } of this.members) {
      topics.deliver(topic, JSON.parse(text));
      followers.receive(topic, JSON.parse(text), position);
    }
  }

  append(topic: string, keep: Keep, text: string | undefined, id?: string): string {
    const log = this.log(topic, keep);
    const name = id === undefined ? undefined : JSON.stringify([topic, id]);
    const before = name === undefined ? undefined : this.#known().get(name);
    if (before !== undefined) return before.position;
    this.#position += 1;
    const position = String(this.#position);
    if (name !== undefined) this.#ids.set(name, { position, at: Date.now() });
    log.entries.push({ position, ...(text !== undefined && { message: JSON.parse(text) }) });
    while (log.entries.length > keep.count) log.entries.shift();
    if (text !== undefined) this.deliver(topic, text, position);
    return position;
  }

  #known(): ReadonlyMap<string, { readonly position: string }> {
    const since = Date.now() - ID_MS;
    for (const [name, { at }] of this.#ids) {
      if (at > since) break;
      this.#ids.delete(name);
    }
    return this.#ids;
  }

  /** With `keep`, it lives on; without, it may be gone. */
  log(topic: string, keep: Keep): Log;
  log(topic: string, keep?: Keep): Log | undefined;
  log(topic: string, keep?: Keep): Log | undefined {
    const now = Date.now();
    for (const [name, { expiresAt }] of this.#logs) {
      if (expiresAt > now) break;
      this.#logs.delete(name);
    }
    const log = this.#logs.get(topic);
    if (keep === undefined) return log !== undefined && log.expiresAt > now ? log : undefined;
    const renewed = log !== undefined && log.expiresAt > now ? log : { entries: [], expiresAt: 0 };
    renewed.expiresAt = now + keep.seconds * 1_000;
    // The last of the map is the youngest.
    this.#logs.delete(topic);
    this.#logs.set(topic, renewed);
    return renewed;
  }
}

const hubs = new Map<string, Hub>();

/** Within this process: all that opened the same URL (`memory:`, `memory:chat`) hear each other. */
export function openMemoryPubSub(url: URL, { log: logger }: PortOptions): PubSub {
  const hub = hubs.get(url.href) ?? new Hub();
  hubs.set(url.href, hub);
  const log: KeptLog = {
    async read(topic, after, limit) {
      const { entries } = hub.log(topic) ?? { entries: [] };
      if (after === undefined) return entries.slice(0, limit);
      const index = entries.findIndex(({ position }) => !isAfter(after, position));
      if (entries[index]?.position !== after) return undefined;
      return entries.slice(index + 1, index + 1 + limit);
    },
    head: async (topic, keep) =>
      hub.log(topic, keep).entries.at(-1)?.position ?? hub.append(topic, keep, undefined),
    renew: async (topics) => topics.forEach(({ topic, keep }) => hub.log(topic, keep)),
  };
  const nothing = async () => undefined;
  const followers = new Followers(log, { listen: nothing, leave: nothing }, logger);
  const topics = new Topics(logger);
  const member = { topics, followers };
  hub.members.add(member);
  return {
    publish: async (topic, message) => hub.deliver(topic, JSON.stringify(message)),
    append: async (topic, message, keep, id) => hub.append(topic, keep, JSON.stringify(message), id),
    async subscribe(topic, receive) {
      topics.add(topic, receive);
      return async () => topics.remove(topic, receive);
    },
    follow: (topic, follower) => followers.follow(topic, follower),
    async close() {
      followers.close();
      hub.members.delete(member);
      if (hub.members.size === 0) hubs.delete(url.href);
    },
  };
}
