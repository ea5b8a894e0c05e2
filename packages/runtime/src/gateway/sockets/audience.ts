/** The users who have sockets on this replica. It listens to the channels of these and of nobody else. */
import type { PubSub } from '../../pubsub/index.ts';
import type { Tracer } from '../../telemetry/tracer.ts';
import type { Connection } from './connection.ts';
import { channelOf } from './recipients.ts';
import { takeTrace } from './trace.ts';

interface Listening {
  readonly connections: Set<Connection>;
  /** Settles when the channel is listened to. */
  readonly begun: Promise<() => Promise<void>>;
}

export class Audience {
  readonly #pubsub: PubSub;
  readonly #tracer: Tracer | undefined;
  readonly #users = new Map<string, Listening>();

  constructor(pubsub: PubSub, tracer: Tracer | undefined) {
    this.#pubsub = pubsub;
    this.#tracer = tracer;
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
    const begun = this.#pubsub.subscribe(channelOf(user), (published) => {
      const { message, span } = takeTrace(published, this.#tracer);
      // Written once, however many tabs are open.
      const text = JSON.stringify(message);
      for (const connection of connections) connection.push(text);
      span?.set('messaging.batch.message_count', connections.size);
      span?.end();
    });
    return { connections, begun };
  }
}
