import { EventEmitter } from 'node:events';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { Connection } from './connection.ts';
import type { Publisher } from './publisher.ts';
import { AmqpSubscriber } from './subscriber.ts';
import { topologyOf } from './topology.ts';

/** Answers everything; `consume` when it is told to. */
class Channel extends EventEmitter {
  readonly consuming = Promise.withResolvers<void>();
  readonly answer = Promise.withResolvers<{ consumerTag: string }>();
  closed = false;
  async assertExchange() {}
  async assertQueue() {}
  async bindQueue() {}
  async prefetch() {}
  async get() {
    return false;
  }
  async cancel() {}
  consume() {
    this.consuming.resolve();
    return this.answer.promise;
  }
  async close() {
    this.closed = true;
    this.emit('close');
  }
}

it('leaves no consumer behind when it is stopped while it comes back', async () => {
  const channels = [new Channel(), new Channel()] as const;
  const waiting = [...channels];
  const subscriber = new AmqpSubscriber(
    { channel: async () => waiting.shift() } as unknown as Connection,
    { publish: async () => undefined } as unknown as Publisher,
    topologyOf('events'),
    { group: 'test', events: ['file.found'], concurrency: 1 },
    async () => ({ kind: 'done' }),
    pino({ level: 'silent' }),
  );
  const [first, second] = channels;
  first.answer.resolve({ consumerTag: 'first' });
  await subscriber.start();
  first.emit('close');
  await second.consuming.promise;
  const stopped = subscriber.stop();
  second.answer.resolve({ consumerTag: 'second' });
  await stopped;
  expect(second.closed).toBe(true);
});
