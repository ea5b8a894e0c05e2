import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
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

/** @param refuses Whether the bus does not take the message, now. */
const pickyBus = (published: string[], refuses: (name: string) => boolean): BusAdapter =>
  ({
    async publish(messages: readonly BusMessage[]) {
      const odd = messages.find(({ name }) => refuses(name));
      if (odd !== undefined) throw new Error(`no queue takes ${odd.name}`);
      published.push(...messages.map(({ name }) => name));
    },
  }) as unknown as BusAdapter;
const patience = 2;

it('sets aside what the bus refuses while it takes others, so that these go on in their order', async () => {
  const published: string[] = [];
  const store = database.messages;
  await store.append(['a', 'huge', 'b', 'huger', 'c'].map(message));
  const relay = new OutboxRelay(
    store,
    pickyBus(published, (name) => name.startsWith('huge')),
    portOptions().log,
    NEVER,
    patience,
  );
  relay.start();
  await expect.poll(() => published).toEqual(['a', 'b', 'c']);
  await expect.poll(() => store.backlog()).toEqual({ count: 0, seconds: 0, refused: 2 });
  await relay.stop();
  const { rows } = await sql`select name, reason from outbox_dead order by seq`.execute(database.db);
  expect(rows).toEqual([
    { name: 'huge', reason: 'no queue takes huge' },
    { name: 'huger', reason: 'no queue takes huger' },
  ]);
  await sql`delete from outbox_dead`.execute(database.db);
});

it('blames no message while the bus takes none', async () => {
  const published: string[] = [];
  const store = database.messages;
  let [away, asked] = [true, 0];
  const bus = pickyBus(published, () => {
    asked += 1;
    return away;
  });
  await store.append(['a', 'b'].map(message));
  const relay = new OutboxRelay(store, bus, portOptions().log, NEVER, patience);
  relay.start();
  // As a batch until patience ends, then one after the other.
  await expect.poll(() => asked).toBeGreaterThan(patience + 4);
  expect(await store.backlog()).toMatchObject({ count: 2, refused: 0 });
  away = false;
  await expect.poll(() => published).toEqual(['a', 'b']);
  await relay.stop();
  expect(await store.backlog()).toMatchObject({ count: 0, refused: 0 });
});
