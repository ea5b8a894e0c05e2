import type { Channel, GetMessage } from 'amqplib';
import type { DeadLetter } from '../port.ts';
import type { Connection } from './connection.ts';
import { deadLetterOf, decode, encode, propertiesOf } from './message.ts';
import type { Publisher } from './publisher.ts';
import type { Topology } from './topology.ts';

/**
 * Looks through queues of dead letters: takes messages over a channel of its own, and gives back what stays when that
 * closes. Two who look at once share the messages between them, so in one process one comes after the other.
 */
export class DeadLetters {
  readonly #connection: Connection;
  readonly #publisher: Publisher;
  readonly #topology: Topology;
  #last: Promise<unknown> = Promise.resolve();

  constructor(connection: Connection, publisher: Publisher, topology: Topology) {
    this.#connection = connection;
    this.#publisher = publisher;
    this.#topology = topology;
  }

  /** Oldest first. */
  list(group: string, limit: number): Promise<readonly DeadLetter[]> {
    return this.#look(group, limit, async (_, taken) => {
      const letters = taken.map(deadLetterOf);
      return letters.sort((a, b) => a.diedAt.localeCompare(b.diedAt));
    });
  }

  replay(group: string, ids: readonly string[] | undefined): Promise<number> {
    return this.#look(group, Number.POSITIVE_INFINITY, async (channel, taken) => {
      let replayed = 0;
      for (const raw of taken) {
        const { message, publishedAt = Date.now() } = decode(raw);
        if (ids !== undefined && !ids.includes(message.id)) continue;
        const properties = { ...propertiesOf(message, publishedAt), mandatory: true };
        const key = this.#topology.work(group);
        await this.#publisher.publish([{ exchange: '', key, content: encode(message), properties }]);
        channel.ack(raw);
        replayed += 1;
      }
      return replayed;
    });
  }

  async #look<T>(
    group: string,
    limit: number,
    use: (channel: Channel, taken: readonly GetMessage[]) => Promise<T>,
  ): Promise<T> {
    const turn = this.#last.then(async () => {
      const channel = await this.#connection.channel();
      try {
        return await use(channel, await take(channel, this.#topology.dead(group), limit));
      } finally {
        await channel.close().catch(() => undefined);
      }
    });
    this.#last = turn.catch(() => undefined);
    return await turn;
  }
}

async function take(channel: Channel, queue: string, limit: number): Promise<GetMessage[]> {
  const taken: GetMessage[] = [];
  try {
    while (taken.length < limit) {
      const raw = await channel.get(queue);
      if (raw === false) break;
      taken.push(raw);
    }
  } catch (error) {
    // A group that never was has no dead letters.
    if ((error as { code?: unknown }).code !== 404) throw error;
  }
  return taken;
}
