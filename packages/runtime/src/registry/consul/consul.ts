import type { PortOptions } from '../../port.ts';
import type { Announcement, Instance, Registry } from '../port.ts';
import { ConsulApi } from './api.ts';
import { Followed } from './follow.ts';
import { Presence, TTL_MS } from './presence.ts';

/**
 * `consul://consul:8500`, `consul+https://…`; REGISTRY_PASSWORD is the token of an access control list. Unlike with the other
 * registries instances enter and leave by themselves, and one that was killed stays until its check runs out (15 s): callers
 * leave out instances that refuse. An instance's name carries its address, since replicas may share a name.
 */
class ConsulRegistry implements Registry {
  readonly #api: ConsulApi;
  readonly #options: PortOptions;
  readonly #followed = new Map<string, Followed>();
  readonly #listeners = new Set<() => void>();
  readonly #presences: Presence[] = [];
  #closing: Promise<void> | undefined;

  constructor(url: URL, options: PortOptions) {
    this.#api = new ConsulApi(url);
    this.#options = options;
  }

  async instances(service: string): Promise<readonly Instance[]> {
    let followed = this.#followed.get(service);
    if (followed === undefined) {
      // Names come from what a service declares that it calls, so there are few.
      followed = new Followed(this.#api, service, this.#options, {
        grace: TTL_MS,
        changed: () => {
          for (const listener of this.#listeners) listener();
        },
      });
      this.#followed.set(service, followed);
    }
    return followed.instances();
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  register(self: Announcement): () => Promise<void> {
    const presence = new Presence(this.#api, self, this.#options);
    this.#presences.push(presence);
    return () => presence.leave();
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#listeners.clear();
    await Promise.all(this.#presences.map((presence) => presence.leave()));
    await Promise.all([...this.#followed.values()].map((followed) => followed.close()));
    await this.#api.close();
  }
}

export function openConsulRegistry(url: URL, options: PortOptions): Registry {
  return new ConsulRegistry(url, options);
}
