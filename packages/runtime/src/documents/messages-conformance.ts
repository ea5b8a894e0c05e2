/** What the outbox and inbox of every document store must pass. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BusMessage } from '../events/port.ts';
import type { Adapters } from '../adapters.ts';
import { portOptions } from '../testing/port-options.ts';
import { openDocuments, type Document, type DocumentStore } from './index.ts';

/**
 * @param freshUrl Of a database that is not used yet.
 * @param adapters For a URL that no built-in adapter opens.
 */
export function testDocumentMessages(name: string, freshUrl: () => Promise<URL>, adapters?: Adapters): void {
  describe(`${name} as an outbox and inbox`, () => {
    let store: DocumentStore;
    let rival: DocumentStore;
    beforeEach(async () => {
      const url = await freshUrl();
      [store, rival] = await Promise.all([
        openDocuments(url, portOptions(undefined, adapters)),
        openDocuments(url, portOptions(undefined, adapters)),
      ]);
      await Promise.all([store.messages.prepare(), rival.messages.prepare()]);
    });
    afterEach(() => Promise.all([store.close(), rival.close()]));

    const message = (number: number): BusMessage => ({
      id: randomUUID(),
      name: 'note.taken',
      source: 'test',
      payload: { number, 'a.b': { $set: 1 }, none: null },
      headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
      occurredAt: '2026-07-01T10:00:00.000Z',
    });
    const document = (id: string): Document => ({
      id,
      revision: 1,
      createdAt: '2026-07-01T10:00:00.000Z',
      updatedAt: '2026-07-01T10:00:00.000Z',
    });
    const relayed = async (limit = 100) => {
      const seen: BusMessage[] = [];
      await store.messages.relay(limit, async (messages) => {
        seen.push(...messages);
        return [];
      });
      return seen;
    };

    it('keeps a message if and only if its transaction commits, beside the documents', async () => {
      const notes = store.collection({ name: 'note', unique: [], indexes: [] });
      const kept = message(1);
      await store.transaction(async (tx) => {
        await notes.insert(document('kept'), tx);
        await store.messages.append([kept], tx);
      });
      const failing = store.transaction(async (tx) => {
        await store.messages.append([message(2)], tx);
        await notes.insert(document('kept'), tx);
      });
      await expect(failing).rejects.toMatchObject({ name: 'DuplicateError' });
      expect(await relayed()).toEqual([kept]);
      expect(await relayed()).toEqual([]);
    });

    it('hands messages out oldest first, as many as asked, until they are published', async () => {
      const sent = Array.from({ length: 25 }, (_, number) => message(number));
      for (let at = 0; at < 25; at += 5) await store.messages.append(sent.slice(at, at + 5));
      expect(await store.messages.backlog()).toMatchObject({ count: 25 });
      const failing = store.messages.relay(10, () => Promise.reject(new Error('the bus is away')));
      await expect(failing).rejects.toThrow('the bus is away');
      expect([...(await relayed(10)), ...(await relayed(10)), ...(await relayed(10))]).toEqual(sent);
      expect(await store.messages.backlog()).toEqual({ count: 0, seconds: 0, refused: 0 });
    });

    it('sets aside what the bus refuses, and forgets the rest', async () => {
      const sent = [message(1), message(2), message(3)];
      await store.messages.append(sent);
      const refused = [{ id: sent[1]?.id ?? '', reason: 'too large' }];
      expect(await store.messages.relay(10, async () => refused)).toBe(3);
      expect(await store.messages.backlog()).toEqual({ count: 0, seconds: 0, refused: 1 });
      expect(await relayed()).toEqual([]);
    });

    it('lets one replica relay at a time', async () => {
      await store.messages.append([message(1)]);
      const [begun, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const first = store.messages.relay(10, async () => {
        begun.resolve();
        await released.promise;
        return [];
      });
      await begun.promise;
      expect(await rival.messages.relay(10, () => Promise.reject(new Error('not me')))).toBe(0);
      released.resolve();
      expect(await first).toBe(1);
      await rival.messages.append([message(2)]);
      expect(await rival.messages.relay(10, async () => [])).toBe(1);
    });

    it('calls back after the commit, and not after a rollback', async () => {
      const calls: string[] = [];
      await store.transaction(async (tx) => {
        store.messages.afterCommit(tx, () => calls.push('committed'));
        await store.messages.append([message(1)], tx);
        expect(calls).toEqual([]);
      });
      const failing = store.transaction(async (tx) => {
        store.messages.afterCommit(tx, () => calls.push('rolled back'));
        throw new Error('changed my mind');
      });
      await expect(failing).rejects.toThrow('changed my mind');
      expect(calls).toEqual(['committed']);
    });

    it('lets each consumer claim an event once, however many try at the same moment', async () => {
      const event = randomUUID();
      const claims = await Promise.all(
        [store, rival, store, rival, store, rival].map(({ messages }) =>
          messages.transaction((tx) => messages.claim(tx, 'a-service', event)),
        ),
      );
      expect(claims.filter(Boolean)).toHaveLength(1);
      const claim = (consumer: string) =>
        store.messages.transaction((tx) => store.messages.claim(tx, consumer, event));
      expect([await claim('a-service'), await claim('b-service')]).toEqual([false, true]);
    });

    it('frees a claim with its rollback, and waits for a rival until then', async () => {
      const event = randomUUID();
      const [claimed, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const first = store.messages.transaction(async (tx) => {
        await store.messages.claim(tx, 'a-service', event);
        claimed.resolve();
        await released.promise;
        throw new Error('the effect failed');
      });
      await claimed.promise;
      const second = rival.messages.transaction((tx) => rival.messages.claim(tx, 'a-service', event));
      released.resolve();
      await expect(first).rejects.toThrow('the effect failed');
      expect(await second).toBe(true);
    });

    it('forgets handled events that are old enough', async () => {
      const event = randomUUID();
      const claim = () => store.messages.transaction((tx) => store.messages.claim(tx, 'a-service', event));
      expect(await claim()).toBe(true);
      await store.messages.expire(1);
      expect(await claim()).toBe(false);
      await store.messages.expire(-1);
      expect(await claim()).toBe(true);
    });
  });
}
