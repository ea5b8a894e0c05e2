import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase, type Database } from '../database/index.ts';
import { portOptions } from '../testing/port-options.ts';
import { testDatabase, type TestDatabase } from '../testing/database.ts';
import type { MessageStore } from './message-store.ts';
import type { BusAdapter, BusMessage } from './port.ts';
import { OutboxRelay } from './relay.ts';

let server: TestDatabase;
let database: Database;
beforeAll(async () => {
  server = await testDatabase();
  database = await openDatabase(server.url, portOptions());
});
afterAll(async () => {
  await database.close();
  await server.drop();
});

const NEVER = 3_600_000;
const message = (name: string): BusMessage => ({
  id: randomUUID(),
  name,
  source: 'test',
  payload: {},
  headers: {},
  occurredAt: '2026-07-01T10:00:00.000Z',
});

it('relays what another replica stored, and could not relay, while this one was relaying', async () => {
  const published: string[] = [];
  const release = Promise.withResolvers<void>();
  const bus = {
    async publish(messages: readonly BusMessage[]) {
      published.push(...messages.map(({ name }) => name));
      await release.promise;
    },
  } as unknown as BusAdapter;
  const idle: string[] = [];
  const store = database.messages;
  const watched = (replica: string): MessageStore =>
    new Proxy(store, {
      get: (target, key) =>
        key === 'relay'
          ? async (...args: Parameters<MessageStore['relay']>) => {
              const count = await target.relay(...args);
              if (count === 0) idle.push(replica);
              return count;
            }
          : Reflect.get(target, key).bind(target),
    });
  const relay = (replica: string) => new OutboxRelay(watched(replica), bus, portOptions().log, NEVER);
  const [first, second] = [relay('first'), relay('second')];
  await store.append([message('a')]);
  first.start();
  await expect.poll(() => published).toEqual(['a']);
  await store.append([message('b')]);
  second.start();
  await expect.poll(() => idle).toEqual(['second']);
  release.resolve();
  await expect.poll(() => published).toEqual(['a', 'b']);
  await Promise.all([first.stop(), second.stop()]);
});
