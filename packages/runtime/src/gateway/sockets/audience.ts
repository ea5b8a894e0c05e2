/** The users who have sockets on this replica. It listens to the channels of these and of nobody else. */
import type { PubSub } from '../../pubsub/index.ts';
import type { Connection } from './connection.ts';
import { channelOf } from './recipients.ts';

interface Listening {
  readonly connections: Set<Connection>;
  /** Settles when the channel is listened to. */
  readonly begun: Promise<() => Promise<void>>;
}

export class Audience {
  readonly #pubsub: PubSub;
  readonly #users = new Map<string, Listening>();

  constructor(pubsub: PubSub) {
    this.#pubsub = pubsub;
  }

  get connections(): readonly Connection[] {
    return [...this.#users.values()].flatMap(({ connections }) => [...connections]);
  }

  countOf(user: string): number {
    return this.#users.get(user)?.connections.size ?? 0;
  }

  /** Resolves when everything that is published from now on arrives. */
  async add(connection: Connection): Promise<void> {
    let listening = this.#users.get(connection.user);
    if (listening === undefined) {
      listening = this.#listen(connection.user);
      this.#users.set(connection.user, listening);
    }
    listening.connections.add(connection);
    await listening.begun;
  }

  async remove(connection: Connection): Promise<void> {
    const listening = this.#users.get(connection.user);
    if (
      listening === undefined ||
      !listening.connections.delete(connection) ||
      listening.connections.size > 0
    )
      return;
    this.#users.delete(connection.user);
    const end = await listening.begun.catch(() => undefined);
    await end?.();
  }

  #listen(user: string): Listening {
    const connections = new Set<Connection>();
    const begun = this.#pubsub.subscribe(channelOf(user), (message) => {
      // Written once, however many tabs are open.
      const text = JSON.stringify(message);
      for (const connection of connections) connection.push(text);
    });
    return { connections, begun };
  }
}
