import type { PortOptions } from '../port.ts';
import type { PubSub } from './port.ts';
import { Topics } from './topics.ts';

const hubs = new Map<string, Set<Topics>>();

/** Within this process: all that opened the same URL (`memory:`, `memory:chat`) hear each other. */
export function openMemoryPubSub(url: URL, { log }: PortOptions): PubSub {
  const topics = new Topics(log);
  const hub = hubs.get(url.href) ?? new Set();
  hubs.set(url.href, hub.add(topics));
  return {
    async publish(topic, message) {
      const text = JSON.stringify(message);
      for (const member of hub) member.deliver(topic, JSON.parse(text));
    },
    async subscribe(topic, receive) {
      topics.add(topic, receive);
      return async () => topics.remove(topic, receive);
    },
    async close() {
      hub.delete(topics);
      if (hub.size === 0) hubs.delete(url.href);
    },
  };
}
