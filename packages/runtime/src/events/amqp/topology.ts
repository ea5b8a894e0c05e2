import type { Channel } from 'amqplib';

/**
 * Each stack has a topic exchange; each group a quorum queue with what it has to do, one with its dead letters, and some
 * where messages wait for their next attempt until their time is up and the broker moves them back.
 *
 * A queue keeps the arguments that it was first declared with, and refuses others: changing one here needs new names.
 */
export interface Topology {
  readonly exchange: string;
  work(group: string): string;
  dead(group: string): string;
  /** The queue for messages that wait up to so long. */
  retry(group: string, delayMs: number): string;
  /** Remembers which events the group asked for. */
  bindings(group: string): string;
  /** Where its messages are. */
  all(group: string): readonly string[];
}

/**
 * Messages leave a queue in order, each once its own time is up: one behind a longer wait waits longer too. So there is a
 * queue per order of magnitude, which bounds that.
 */
const WAITS = [200, 1_000, 5_000, 25_000, 125_000] as const;
export const LONGEST_WAIT = 125_000;

/** After this many deliveries without an answer the message is taken for what kills its handlers. RabbitMQ 4 has 20 unless told. */
const DELIVERIES = 100;
/** Looking at a dead letter counts as a delivery. The highest that every version takes; 4 alone knows “unlimited”. */
const UNLIMITED = 1_000_000;

export function topologyOf(exchange: string): Topology {
  const name = (group: string, ...rest: string[]) => [exchange, group, ...rest].join('.');
  const topology: Topology = {
    exchange,
    work: (group) => name(group),
    dead: (group) => name(group, 'dead'),
    retry: (group, delayMs) =>
      name(group, 'retry', String(WAITS.find((wait) => delayMs <= wait) ?? LONGEST_WAIT)),
    bindings: (group) => name(group, 'bindings'),
    all: (group) => [
      topology.work(group),
      topology.dead(group),
      ...WAITS.map((wait) => topology.retry(group, wait)),
    ],
  };
  return topology;
}

export const declareExchange = (channel: Channel, { exchange }: Topology): Promise<unknown> =>
  channel.assertExchange(exchange, 'topic', { durable: true });

/** Idempotent. */
export async function declareGroup(channel: Channel, topology: Topology, group: string): Promise<void> {
  // At least once: the message is gone here when it is safe there. The broker wants `reject-publish` for that.
  const deadLetterTo = (queue: string) => ({
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': queue,
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  });
  const quorum = (queue: string, deliveries: number, more: object = {}) =>
    channel.assertQueue(queue, {
      durable: true,
      arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': deliveries, ...more },
    });
  await quorum(topology.dead(group), UNLIMITED);
  await quorum(topology.work(group), DELIVERIES, deadLetterTo(topology.dead(group)));
  await quorum(topology.bindings(group), UNLIMITED, { 'x-max-length': 1 });
  for (const wait of WAITS)
    await quorum(topology.retry(group, wait), UNLIMITED, {
      ...deadLetterTo(topology.work(group)),
      'x-message-ttl': wait,
    });
}
