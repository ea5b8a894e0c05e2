/** One room, as far as this replica has somebody in it. */
import type { PubSub } from '../../pubsub/index.ts';
import type { Connection } from './connection.ts';
import { type Announcement, Presence, type PresenceTimes } from './presence.ts';
import type { ServerMessage } from './protocol.ts';
import { topicOf } from './recipients.ts';

interface Typing {
  readonly type: 'typing';
  readonly user: string;
}

export interface RoomOptions {
  readonly name: string;
  readonly replica: string;
  readonly times: PresenceTimes;
  readonly pubsub: PubSub;
}

export class Room {
  readonly name: string;
  readonly presence: Presence;
  /** Who is told what happens here. */
  readonly #members = new Set<Connection>();
  readonly #pubsub: PubSub;
  readonly #topic: string;
  /** Those whose presence counts without their being told: in the room of a user, that user. */
  #present = 0;
  #listening: Promise<() => Promise<void>> | undefined;

  constructor({ name, replica, times, pubsub }: RoomOptions) {
    this.name = name;
    this.#pubsub = pubsub;
    this.#topic = topicOf(name);
    this.presence = new Presence({
      replica,
      times,
      announce: (announcement) => pubsub.publish(this.#topic, announcement),
      tell: (userId, online) => this.#tell({ type: 'presence', room: name, userId, online }, userId),
    });
  }

  get isEmpty(): boolean {
    return this.#members.size + this.#present === 0;
  }

  /** Resolves when it hears what other replicas say. */
  async open(): Promise<void> {
    const listening = (this.#listening ??= this.#pubsub.subscribe(this.#topic, (message) =>
      this.#receive(message),
    ));
    try {
      await listening;
    } catch (error) {
      // Whoever comes while the others are on their way out tries again.
      if (this.#listening === listening) this.#listening = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.presence.close();
    const end = await this.#listening?.catch(() => undefined);
    await end?.();
  }

  enter(connection: Connection): void {
    this.#members.add(connection);
  }

  leave(connection: Connection): void {
    this.#members.delete(connection);
  }

  /** @param ask To hear who else is here. */
  appear(user: string, ask: boolean): void {
    this.#present += 1;
    this.presence.add(user, ask);
  }

  disappear(user: string): void {
    this.#present -= 1;
    this.presence.remove(user);
  }

  /** Others hear that this user writes. */
  async type(user: string): Promise<void> {
    await this.#pubsub.publish(this.#topic, { type: 'typing', user } satisfies Typing);
  }

  /** @param ask Others speak only when they are asked. */
  async beat(ask: boolean): Promise<void> {
    if (this.#members.size > 0) await this.presence.beat(ask);
  }

  #receive(message: unknown): void {
    const said = message as Announcement | Typing;
    if (said.type === 'here') this.presence.receive(said);
    else if (said.type === 'typing')
      this.#tell({ type: 'typing', room: this.name, userId: said.user }, said.user);
  }

  #tell(message: ServerMessage, except: string): void {
    const text = JSON.stringify(message);
    for (const connection of this.#members)
      if (connection.user !== except) connection.push(text, message.type);
  }
}
