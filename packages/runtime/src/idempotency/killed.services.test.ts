/** A replica is killed between its commit and its answer. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import { testEdge } from '../gateway/testing.ts';
import { testDatabase, type TestDatabase } from '../testing/database.ts';
import { portOptions } from '../testing/port-options.ts';
import { ORDERS } from './testing/orders.ts';

const fixture = fileURLToPath(new URL('./testing/replica.fixture.ts', import.meta.url));
const children: ChildProcess[] = [];
let data: TestDatabase;
let database: Database;
beforeAll(async () => {
  data = await testDatabase();
  database = await openDatabase(data.url, portOptions());
  await sql.raw(ORDERS).execute(database.db);
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await database.close();
  await data.drop();
});

async function replica(killedBy: string): Promise<{ child: ChildProcess; port: number }> {
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: data.url.href,
    EVENTS_URL: data.url.href,
    KILLED_BY: killedBy,
  };
  const child = spawn(process.execPath, ['--no-warnings', fixture], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return { child, port: Number(line.toString()) };
}

const ordersOf = async (text: string): Promise<number> =>
  (
    await sql<{ count: number }>`select count(*) as count from orders where text = ${text}`.execute(
      database.db,
    )
  ).rows[0]?.count ?? 0;
const path = '/api/v1/orders';
const place = (origin: string, text: string, key?: string) =>
  fetch(origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
    body: JSON.stringify({ text }),
  });

it('a client that repeats its order has one order, and the answer of the first', async () => {
  const text = randomUUID();
  const key = randomUUID();
  const [first, second] = [await replica(text), await replica('nothing')];
  const exit = once(first.child, 'exit');
  await expect(place(`http://127.0.0.1:${first.port}`, text, key)).rejects.toThrow('fetch failed');
  expect(await exit).toEqual([null, 'SIGKILL']);
  expect(await ordersOf(text)).toBe(1);
  const again = await place(`http://127.0.0.1:${second.port}`, text, key);
  expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
  expect(await again.json()).toMatchObject({ text, revision: 1 });
  expect(await ordersOf(text)).toBe(1);
  second.child.kill('SIGKILL');
});

it('a gateway in between repeats it by itself, and only with a key', async () => {
  const [keyed, bare] = [randomUUID(), randomUUID()];
  const replicas = [await replica(keyed), await replica('nothing')];
  const edge = await testEdge({
    table: {
      routes: [{ prefix: path, service: 'orders' }],
      limits: {},
      services: { orders: { balance: 'round_robin', idempotent: [path] } },
    },
    instances: { orders: replicas.map(({ port }) => port) },
  });
  // One of the two comes to the replica that is killed by it.
  const answers = [await place(edge.url, keyed, 'key'), await place(edge.url, keyed, 'key')];
  expect(answers.map(({ status }) => status)).toEqual([201, 201]);
  expect(answers[1]?.headers.get('idempotent-replayed')).toBe('true');
  expect(await answers[0]?.json()).toEqual(await answers[1]?.json());
  expect(await ordersOf(keyed)).toBe(1);
  expect((await place(edge.url, bare)).status).toBe(201);
  await edge.close();
});
