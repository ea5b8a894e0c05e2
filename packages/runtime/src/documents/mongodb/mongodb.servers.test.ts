import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportCounts } from '../../../../../tests/servers/counts.ts';
import { cuttable } from '../../../../../tests/servers/cuttable.ts';
import { startFerretDb } from '../../../../../tests/servers/ferretdb.ts';
import { startMongo, type TestMongo } from '../../../../../tests/servers/mongodb.ts';
import { reportProven } from '../../../../../tests/servers/report.ts';
import { type Secured, tlsLine } from '../../../../../tests/servers/secured.ts';
import { type Named, placeOptions, testRepository, type Place } from '../../repository/conformance.ts';
import { documentRepository } from '../../repository/index.ts';
import { testAnswerStore } from '../../idempotency/conformance.ts';
import { parseUrl } from '../../address.ts';
import { portOptions } from '../../testing/port-options.ts';
import { testDocuments } from '../conformance.ts';
import { openDocuments, type Document, type DocumentStore, type DocumentTx } from '../index.ts';
import { testDocumentMessages } from '../messages-conformance.ts';

let server: TestMongo;
let documents: DocumentStore;
beforeAll(async () => {
  server = await startMongo();
  documents = await openDocuments(server.url, portOptions());
});
afterAll(async () => {
  reportProven({ port: 'documents', adapter: 'mongodb', server: server.name });
  await documents.close();
  await server[Symbol.asyncDispose]();
});

const freshUrl = (): URL => {
  const url = new URL(server.url);
  url.pathname = `/test_${randomBytes(6).toString('hex')}`;
  return url;
};

testDocuments('MongoDB', () => server.url);
testDocumentMessages('MongoDB', async () => freshUrl());
testAnswerStore('MongoDB', 'documents', () => ({ DOCUMENTS_URL: freshUrl().href }));
testRepository<DocumentTx>('A collection of MongoDB', async () => ({
  places: documentRepository<Place>(documents, {
    collection: 'place',
    ...placeOptions,
    unique: [['owner', 'title']] as const,
    nullable: ['rating', 'opens', 'address'] as const,
  }),
  named: async (collection, fields) =>
    documentRepository<Named>(documents, {
      collection,
      sortable: fields,
      filterable: fields,
      unique: [fields.slice(0, 1), fields.slice(-2)],
    }),
  transaction: (work) => documents.transaction(work),
}));

it('Its pool shows in metrics, and gets back what was lent', async () => {
  const options = portOptions();
  const url = freshUrl();
  url.searchParams.set('maxPoolSize', '2');
  const store = await openDocuments(url, options);
  const pool = async () =>
    (await options.metrics.metrics()).split('\n').filter((line) => line.startsWith('documents_pool'));
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const place = store.collection({ name: 'place', unique: [], indexes: [] });
  await place.ensure();
  const busy = Array.from({ length: 5 }, () =>
    store.transaction(async (tx) => {
      await place.get('nothing', tx);
      await held;
    }),
  );
  await expect.poll(pool).toContain('documents_pool_connections{state="max"} 2');
  release();
  await Promise.all(busy);
  await expect
    .poll(pool)
    .toEqual(
      expect.arrayContaining([
        'documents_pool_connections{state="in_use"} 0',
        'documents_pool_connections{state="idle"} 2',
        'documents_pool_connections{state="waiting"} 0',
      ]),
    );
  await store.close();
});

describe('MongoDB behind TLS', () => {
  /** Direct, since the line leads to one member and the others do not speak TLS. */
  const open = ({ port }: Secured) =>
    openDocuments(new URL(`mongodb://127.0.0.1:${port}/test?tls=true&directConnection=true`), portOptions());

  it('is spoken to with ?tls=true when its certificate is trusted', async () => {
    await using line = await tlsLine(server.url);
    const secure = await open(line);
    await secure.check();
    expect(await secure.transaction(async () => 1)).toBe(1);
    await secure.close();
  });

  it('is not when nobody vouches for its certificate', async () => {
    await using line = await tlsLine(server.url, { stranger: true });
    const secure = await open(line);
    await expect(secure.check()).rejects.toMatchObject({ status: 503 });
    await secure.close();
  });
});

describe('A server that is not as it should be', () => {
  it('is refused at the start when it has no transactions, with what to do', async () => {
    await expect(openDocuments(server.standaloneUrl, portOptions())).rejects.toThrow(
      /is a standalone server, which has no transactions\. Start it with --replSet rs0, and run rs\.initiate\(\)/,
    );
  });

  it('lets a user in whose password is right, and says so when it is not', async () => {
    server.addUser('ada', 'correct-horse-1');
    await using ferret = await startFerretDb(server.databaseUrl);
    const open = (password: string) => {
      const url = new URL(ferret.url);
      url.username = 'ada';
      url.password = password;
      return openDocuments(url, portOptions());
    };
    await expect(open('wrong')).rejects.toThrow('Authentication failed.');
    // Who is in learns that it has no transactions.
    await expect(open('correct-horse-1')).rejects.toThrow('is a standalone server');
  });

  it('is found among several hosts, of which another one is away', async () => {
    const { port, search } = server.url;
    const documents = await openDocuments(
      parseUrl(`mongodb://127.0.0.1:1,127.0.0.1:${port}/test${search}`),
      portOptions(),
    );
    await documents.check();
    await documents.close();
  });

  it('is refused when the URL names no database', async () => {
    const url = new URL('mongodb://127.0.0.1');
    await expect(openDocuments(url, portOptions())).rejects.toThrow('names no database');
  });

  it('may come later than the service, which is not ready until then', async () => {
    await server.stop();
    const early = await openDocuments(server.url, portOptions());
    const lost = { name: 'ProblemError', status: 503, code: 'database-unavailable' };
    await expect(early.check()).rejects.toMatchObject(lost);
    await expect(early.transaction(async () => 1)).rejects.toMatchObject(lost);
    await server.start();
    await early.check();
    expect(await early.transaction(async () => 1)).toBe(1);
    await early.close();
  }, 30_000);

  it('loses nothing that it acknowledged, and reports the rest, while its line is cut 10 times', async () => {
    await using line = await cuttable(server.url);
    const url = new URL(line.url);
    // The driver would go to the address that the server gives for itself.
    url.searchParams.set('directConnection', 'true');
    const store = await openDocuments(url, portOptions());
    const notes = store.collection({
      name: `note-${randomBytes(4).toString('hex')}`,
      unique: [],
      indexes: [['legs']],
    });
    await notes.ensure();
    const acknowledged = new Set<string>();
    const reported: unknown[] = [];
    let [sent, writing] = [0, true];
    const note = (id: string): Document => {
      const at = new Date().toISOString();
      return { id, revision: 1, createdAt: at, updatedAt: at };
    };
    const write = async (): Promise<void> => {
      const id = randomUUID();
      sent += 1;
      await notes.insert(note(id)).then(
        () => acknowledged.add(id),
        (error: unknown) => reported.push(error),
      );
    };
    // DocumentDB lets one at a time make the first entry of a database.
    await notes.insert(note('first'));
    const writeOn = async (): Promise<void> => {
      while (writing) await write();
    };
    const writers = Promise.all([1, 2, 3].map(writeOn));
    for (let cut = 1; cut <= 10; cut += 1) {
      const before = acknowledged.size;
      await expect
        .poll(() => acknowledged.size, { timeout: 60_000, interval: 5 })
        .toBeGreaterThan(before + 10);
      line.cut();
    }
    writing = false;
    await writers;
    const all = { where: [], sort: { field: 'id', descending: false }, after: undefined, limit: 10_000 };
    const stored = new Set((await notes.find(all)).map(({ id }) => id));
    stored.delete('first');
    const lost = [...acknowledged].filter((id) => !stored.has(id)).length;
    reportCounts(`documents: ${server.name}, cut off 10 times`, {
      sent,
      acknowledged: acknowledged.size,
      refused: reported.length,
      delivered: stored.size,
      repeated: 0,
      lost,
    });
    expect(lost).toBe(0);
    for (const error of reported) expect(error).toMatchObject({ status: 503, code: 'database-unavailable' });
    await store.close();
  }, 120_000);

  it('loses nothing that it acknowledged, and reports the rest, while it is killed twice', async () => {
    const store = await openDocuments(freshUrl(), portOptions());
    const [notes, effects] = ['note', 'effect'].map((name) =>
      store.collection({ name, unique: [], indexes: [['event']] }),
    ) as [ReturnType<DocumentStore['collection']>, ReturnType<DocumentStore['collection']>];
    await Promise.all([notes.ensure(), effects.ensure(), store.messages.prepare()]);
    const document = (id: string): Document => {
      const at = new Date().toISOString();
      return { id, revision: 1, createdAt: at, updatedAt: at };
    };
    const acknowledged = new Set<string>();
    const reported: unknown[] = [];
    const published = new Map<string, number>();
    const goal = 300;
    let attempts = 0;
    const write = async (): Promise<void> => {
      while (acknowledged.size < goal) {
        const id = randomUUID();
        const { createdAt: occurredAt } = document(id);
        attempts += 1;
        const message = { id, name: 'note.taken', source: 'test', payload: {}, headers: {}, occurredAt };
        try {
          await store.transaction(async (tx) => {
            await notes.insert(document(id), tx);
            await store.messages.append([message], tx);
          });
          acknowledged.add(id);
        } catch (error) {
          reported.push(error);
        }
      }
    };
    /** As the dispatcher does it: until the effect and the claim are in one transaction. */
    const handle = async (event: string): Promise<void> => {
      for (;;) {
        try {
          await store.transaction(async (tx) => {
            if (await store.messages.claim(tx, 'reader', event))
              await effects.insert({ ...document(randomUUID()), event }, tx);
          });
          return;
        } catch (error) {
          reported.push(error);
        }
      }
    };
    const relay = () =>
      store.messages.relay(20, async (messages) => {
        for (const { id } of messages) published.set(id, (published.get(id) ?? 0) + 1);
        await Promise.all(messages.map(({ id }) => handle(id)));
        return [];
      });
    let writing = true;
    const relaying = (async () => {
      while (writing) await relay().catch((error: unknown) => reported.push(error));
    })();
    const writers = Promise.all([1, 2, 3].map(write)).then(() => (writing = false));
    for (const kill of [75, 150]) {
      await expect.poll(() => acknowledged.size, { timeout: 60_000, interval: 5 }).toBeGreaterThan(kill);
      await server.kill();
      await server.start();
    }
    await Promise.all([writers, relaying]);
    // Until the lease of an interrupted relay has ended.
    const left = async () => {
      await relay();
      return (await store.messages.backlog()).count;
    };
    await expect.poll(left, { timeout: 60_000, interval: 50 }).toBe(0);

    const sort = { field: 'id', descending: false };
    const all = { where: [], sort, after: undefined, limit: 10_000 };
    const stored = new Set((await notes.find(all)).map(({ id }) => id));
    const events = (await effects.find(all)).map((effect) => effect['event']);
    const report = {
      kills: 2,
      acknowledged: acknowledged.size,
      reported: reported.length,
      unknownButCommitted: [...stored].filter((id) => !acknowledged.has(id)).length,
      lost: [...acknowledged].filter((id) => !stored.has(id) || !published.has(id)).length,
      withoutEvent: [...stored].filter((id) => !published.has(id)).length,
      withoutDocument: [...published.keys()].filter((id) => !stored.has(id)).length,
      publishedAgain: [...published.values()].filter((times) => times > 1).length,
      effects: events.length,
      doubleEffects: events.length - new Set(events).size,
      lostEffects: [...published.keys()].filter((id) => !events.includes(id)).length,
    };
    reportCounts(`documents: ${server.name}, killed twice`, {
      sent: attempts,
      acknowledged: report.acknowledged,
      refused: attempts - report.acknowledged,
      delivered: stored.size,
      repeated: 0,
      lost: report.lost,
    });
    reportCounts(`effects: ${server.name}, outbox and inbox killed twice`, {
      sent: stored.size,
      acknowledged: published.size,
      refused: 0,
      delivered: events.length,
      repeated: report.publishedAgain,
      lost: report.lostEffects,
    });
    expect(report).toMatchObject({
      lost: 0,
      withoutEvent: 0,
      withoutDocument: 0,
      doubleEffects: 0,
      lostEffects: 0,
    });
    expect(attempts).toBeGreaterThan(acknowledged.size);
    for (const error of reported) expect(error).toMatchObject({ status: 503, code: 'database-unavailable' });
    await store.close();
  }, 240_000);
});
