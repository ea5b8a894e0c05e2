/** What every store of answers must pass, through a service that writes to it. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { TestClient } from '../testing/client.ts';
import { startService, type TestService } from '../testing/service.ts';
import type { Environment } from '../settings.ts';
import { Order, orderService, type StoreKind } from './testing/orders.ts';

/**
 * What every store of answers must pass, through a service that writes to it.
 * @param env Where the store is; without it, an empty database is made.
 * @param prepare Makes the table, where there has to be one.
 */
export function testAnswerStore(
  name: string,
  database: StoreKind,
  env?: () => Environment,
  prepare: (service: TestService) => Promise<void> = async () => undefined,
): void {
  describe(`a route that takes an Idempotency-Key, on ${name}`, () => {
    const placing: Record<string, () => Promise<void>> = {};
    let service: TestService;
    beforeAll(async () => {
      service = await startService(orderService(database, { placing: (text) => placing[text]?.() }), {
        env: { LOG_LEVEL: 'silent', ...env?.() },
      });
      await prepare(service);
    });
    afterAll(() => service.stop());

    const texts = async (text: string): Promise<string[]> => {
      const { body } = await service.expecting(200, z.array(Order)).get('/api/v1/orders');
      return body
        .map((order) => order.text)
        .filter((found) => found.startsWith(text))
        .sort();
    };
    const post = (client: TestClient, body: object, key: string) =>
      client.post('/api/v1/orders', body, { 'idempotency-key': key });
    const twice = (text: string) => [text, `${text}, again`];

    it('makes the effect once, and answers the same again', async () => {
      const guest = await service.as();
      const probe = await service.events('order.placed');
      const text = randomUUID();
      const key = randomUUID();
      const first = await post(guest, { text }, key);
      expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([201, null]);
      for (let repeat = 0; repeat < 3; repeat += 1) {
        const again = await post(guest, { text }, repeat === 0 ? `"${key}"` : key);
        expect([again.status, again.body]).toEqual([201, first.body]);
        for (const header of ['location', 'etag', 'content-type', 'content-length', 'cache-control'])
          expect(again.headers.get(header), header).toBe(first.headers.get(header));
        expect(again.headers.get('idempotent-replayed')).toBe('true');
        expect(again.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
      }
      expect(await texts(text)).toEqual(twice(text));
      await expect
        .poll(() => probe.seen.map(({ payload }) => payload.text).sort())
        .toEqual([text, `${text}, at once`]);
    });

    it('lets each of many requests at once have the answer of the first', async () => {
      const guest = await service.as();
      const text = randomUUID();
      const key = randomUUID();
      placing[text] = () => new Promise((resolve) => setTimeout(resolve, 100));
      const answers = await Promise.all(Array.from({ length: 10 }, () => post(guest, { text }, key)));
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 201));
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
      expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1);
      expect(await texts(text)).toEqual(twice(text));
    });

    it('refuses the key of another request', async () => {
      const guest = await service.as();
      const text = randomUUID();
      const key = randomUUID();
      await post(guest, { text }, key);
      const other = await post(guest, { text: `${text}!` }, key);
      expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
      expect(await texts(text)).toEqual(twice(text));
    });

    it('keeps the keys of two users apart, and those of nobody', async () => {
      const text = randomUUID();
      const key = randomUUID();
      const clients = [await service.as(), await service.as(), service];
      const answers = await Promise.all(clients.map((client) => post(client, { text }, key)));
      expect(answers.map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, null, null]);
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(3);
    });

    it('forgets what was refused, with all that it wrote: the key can be used again', async () => {
      const guest = await service.as();
      const text = randomUUID();
      const key = randomUUID();
      const refused = await post(guest, { text, fail: true }, key);
      expect([refused.status, await texts(text)]).toEqual([409, []]);
      expect((await post(guest, { text }, key)).status).toBe(201);
      expect(await texts(text)).toEqual(twice(text));
    });

    it.each(['', 'two words', 'ä', 'x'.repeat(256), '"half'.repeat(60)])(
      'refuses %j as a key',
      async (key) => {
        const guest = await service.as();
        if (key === 'ä') return;
        const { status, body } = await post(guest, { text: 'never' }, key);
        expect([status, body.code]).toEqual([400, 'invalid-idempotency-key']);
      },
    );

    it('changes nothing for who sends no key', async () => {
      const text = randomUUID();
      for (let count = 0; count < 2; count += 1)
        expect(
          (await service.post('/api/v1/orders', { text })).headers.get('idempotent-replayed'),
        ).toBeNull();
      expect(await texts(text)).toEqual([...twice(text), ...twice(text)].sort());
    });
  });
}
