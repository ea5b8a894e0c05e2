import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { openDatabase } from '../database/index.ts';
import { created } from '../http/reply.ts';
import { route } from '../http/route.ts';
import { defineService } from '../service/definition.ts';
import { start } from '../service/start.ts';
import { testDatabase } from '../testing/database.ts';
import { portOptions } from '../testing/port-options.ts';
import { testAnswerStore } from './conformance.ts';
import { ORDERS } from './testing/orders.ts';

testAnswerStore('PostgreSQL', 'sql', undefined, async ({ platform }) => {
  await sql.raw(ORDERS).execute((platform as any).db);
});
testAnswerStore('documents on PostgreSQL', 'documents');

it('forgets answers after a day, and takes their keys for new ones before they are swept', async () => {
  const data = await testDatabase();
  const { db, answers, transaction, close } = await openDatabase(data.url, portOptions());
  await answers.prepare();
  const day = 24 * 3_600;
  const request = (key: string) => ({ caller: 'user 1', key });
  const claim = (key: string) => transaction((tx) => answers.claim(tx, request(key), 'f', day));
  for (const key of ['old', 'older', 'new'])
    await transaction(async (tx) => {
      await answers.claim(tx, request(key), 'f', day);
      await answers.keep(tx, request(key), {
        status: 201,
        headers: { etag: '"1"' },
        body: Buffer.from('{}'),
      });
    });
  await sql`update idempotency set at = now() - interval '25 hours' where key in ('old', 'older')`.execute(
    db,
  );
  expect(await claim('old')).toBe('claimed');
  expect(await claim('new')).toMatchObject({ answer: { status: 201, headers: { etag: '"1"' } } });
  await answers.expire(day);
  const { rows } = await sql`select key from idempotency order by key`.execute(db);
  expect(rows).toEqual([{ key: 'new' }, { key: 'old' }]);
  await close();
  await data.drop();
});

it('refuses to start a service that cannot keep answers', async () => {
  const definition = defineService({
    name: 'order-service',
    version: '1',
    routes: () => [
      route.post('/orders', {
        idempotencyKey: true,
        responses: { 201: z.object({}) },
        handler: () => created({}),
      }),
    ],
  });
  await expect(start(definition, { env: { LOG_LEVEL: 'silent' }, processMetrics: false })).rejects.toThrow(
    'POST /orders takes an Idempotency-Key, but there is no store to keep its answers in: declare needs.database.',
  );
});
