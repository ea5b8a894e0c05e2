/** The same few lines of work, done by amqplib alone and by the bus. */
import { createRequire } from 'node:module';
import { type BusMessage, openBus } from '../../packages/runtime/src/events/index.ts';
import { propertiesOf } from '../../packages/runtime/src/events/amqp/message.ts';
import { portOptions } from '../../packages/runtime/src/testing/port-options.ts';

// The runtime's dependency, not the root's.
const { connect } = createRequire(new URL('../../packages/runtime/package.json', import.meta.url))(
  'amqplib',
) as typeof import('../../packages/runtime/node_modules/amqplib/index.d.ts');

const CONCURRENCY = 64;

export interface Contestant {
  readonly name: string;
  /** Resolves when the broker has confirmed all of them. */
  publish(messages: readonly BusMessage[]): Promise<void>;
  /** Calls back for each event, and acknowledges it. */
  consume(group: string, event: string, handled: (message: BusMessage) => void): Promise<void>;
  /** Ends what `consume` began. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param where What the bus puts into AMQP's properties (name, source, trace context, time …), where the broker's tools and
 * other programs find it, or all in the JSON body: less work for the library's encoder.
 */
export async function plain(name: string, url: URL, where: 'body' | 'properties'): Promise<Contestant> {
  const connection = await connect(url.href, { noDelay: true });
  const publisher = await connection.createConfirmChannel();
  const consumer = await connection.createChannel();
  const exchange = `plain.${where}`;
  await publisher.assertExchange(exchange, 'topic', { durable: true });
  const tags: string[] = [];
  return {
    name,
    async publish(messages) {
      const now = Date.now();
      for (const message of messages) {
        if (where === 'body') {
          const properties = { persistent: true, messageId: message.id };
          publisher.publish(exchange, message.name, Buffer.from(JSON.stringify(message)), properties);
        } else {
          const content = Buffer.from(JSON.stringify(message.payload));
          publisher.publish(exchange, message.name, content, propertiesOf(message, now));
        }
      }
      await publisher.waitForConfirms();
    },
    async consume(group, event, handled) {
      const queue = `${exchange}.${group}`;
      await consumer.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      await consumer.bindQueue(queue, exchange, event);
      await consumer.prefetch(CONCURRENCY * 2);
      const { consumerTag } = await consumer.consume(queue, (raw) => {
        if (raw === null) return;
        const body = JSON.parse(raw.content.toString()) as object;
        handled({ id: String(raw.properties.messageId), ...body } as BusMessage);
        consumer.ack(raw);
      });
      tags.push(consumerTag);
    },
    async forget() {
      for (const tag of tags.splice(0)) await consumer.cancel(tag);
    },
    close: () => connection.close(),
  };
}

export async function ours(name: string, url: URL): Promise<Contestant> {
  const bus = await openBus(url, portOptions('benchmark#1'));
  const members: { stop(): Promise<void> }[] = [];
  return {
    name,
    publish: (messages) => bus.publish(messages),
    async consume(group, event, handled) {
      members.push(
        await bus.subscribe({ group, events: [event], concurrency: CONCURRENCY }, async ({ message }) => {
          handled(message);
          return { kind: 'done' };
        }),
      );
    },
    async forget() {
      await Promise.all(members.splice(0).map((member) => member.stop()));
    },
    close: () => bus.close(),
  };
}
