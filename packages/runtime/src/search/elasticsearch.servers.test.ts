import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportCounts } from '../../../../tests/servers/counts.ts';
import { cuttable } from '../../../../tests/servers/cuttable.ts';
import { startElasticsearch } from '../../../../tests/servers/elasticsearch.ts';
import { type Recorder, recorder } from '../../../../tests/servers/recorder.ts';
import { reportProven } from '../../../../tests/servers/report.ts';
import { guardedHttp, type Secured, tlsLine } from '../../../../tests/servers/secured.ts';
import type { TestServer } from '../../../../tests/servers/server.ts';
import { portOptions } from '../testing/port-options.ts';
import { testSearch } from './conformance.ts';
import { shapeErrors } from './elasticsearch/testing/shapes.ts';
import { openSearch, type Search, type SearchIndex } from './index.ts';

let server: TestServer;
let line: Recorder;
beforeAll(async () => {
  server = await startElasticsearch();
  line = await recorder(server.url);
});
afterAll(async () => {
  for (const adapter of ['elasticsearch', 'https'])
    reportProven({ port: 'search', adapter, server: server.name });
  await line[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

testSearch('Elasticsearch', () => new URL(`elasticsearch://127.0.0.1:${line.port}`));

it('has sent nothing until here that Elasticsearch 9 does not know, says its own client', async () => {
  expect(line.requests.length).toBeGreaterThan(100);
  expect(await shapeErrors(line.requests)).toBe('');
  const wrong = { method: 'POST', path: '/i/_search', bodies: [{ query: { mach_all: {} } }] };
  expect(await shapeErrors([wrong])).toContain('mach_all');
});

it('refuses a cursor with a null that it never gives', async () => {
  const search = await openSearch(server.url, portOptions());
  const fields = { city: { type: 'keyword' }, price: { type: 'number' } } as const;
  const index = search.index({ name: 'cursors', fields });
  await index.upsert('a', Date.now(), {}, { visible: true });
  const after = (field: string) => Buffer.from(JSON.stringify([field, null, 'A'])).toString('base64url');
  const page = (field: 'city' | 'price') =>
    index.search({ sort: [{ by: 'field', field }], after: after(field) });
  expect((await page('city')).hits).toMatchObject([{ id: 'a' }]);
  await expect(page('price')).rejects.toMatchObject({ status: 400, code: 'invalid-cursor' });
  await search.close();
});

describe('Elasticsearch behind TLS and a password', () => {
  const key = Buffer.from('id:secret').toString('base64');
  const basic = `Basic ${Buffer.from('ada:p@ss:word').toString('base64')}`;
  let guarded: Secured;
  beforeAll(async () => {
    guarded = await guardedHttp(server.url, [basic, `ApiKey ${key}`]);
  });
  afterAll(() => guarded[Symbol.asyncDispose]());
  const open = (user: string, password: string, { port } = guarded) => {
    const url = new URL(`https://127.0.0.1:${port}`);
    url.username = user;
    url.password = encodeURIComponent(password);
    return openSearch(url, portOptions());
  };

  it.each([
    ['a user and a password', 'ada', 'p@ss:word'],
    ['an API key, which is a password without a user', '', key],
  ])('takes %s', async (_, user, password) => {
    const search = await open(user, password);
    const index = search.index({ name: 'secure', fields: { title: { type: 'text' } } });
    await search.check();
    await index.upsert('a', Date.now(), { title: 'secret' }, { visible: true });
    expect((await index.search({ text: 'secret' })).hits).toMatchObject([{ id: 'a' }]);
    await search.close();
  });

  it.each([
    ['a wrong password', 'ada', 'wrong'],
    ['none', '', ''],
  ])('says with %s what is wrong', async (_, user, password) => {
    const search = await open(user, password);
    await expect(search.check()).rejects.toThrow(
      'The search server refuses the credentials (401): check user, password and rights.',
    );
    await search.close();
  });

  it('does not speak to a server whose certificate nobody vouches for', async () => {
    await using line = await tlsLine(server.url, { stranger: true });
    const search = await open('ada', 'p@ss:word', line);
    await expect(search.check()).rejects.toMatchObject({
      status: 503,
      cause: { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    });
    await search.close();
  });
});

/** The ids of all that is there. */
async function everything(index: SearchIndex): Promise<ReadonlySet<string>> {
  await index.refresh();
  const found = new Set<string>();
  for (let after: string | undefined; ; ) {
    const page = await index.search({ limit: 1_000, after });
    for (const { id } of page.hits) found.add(id);
    after = page.next;
    if (after === undefined) return found;
  }
}

describe('Elasticsearch that goes away', () => {
  let search: Search;
  let index: SearchIndex;
  beforeAll(async () => {
    search = await openSearch(server.url, portOptions());
    index = search.index({ name: 'away', fields: { title: { type: 'text' } } });
  });
  afterAll(() => search.close());

  it('loses nothing that was acknowledged when it is killed, and tells what was not', async () => {
    const acknowledged: string[] = [];
    const failed: unknown[] = [];
    const killed = new AbortController();
    await index.ensure();
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let at = 0; failed.length < 4; at += 1) {
        const id = `${writer}-${at}`;
        const outcome = await index.upsert(id, 1, { title: `word ${id}` }).catch((error: unknown) => {
          failed.push(error);
        });
        if (outcome !== undefined) acknowledged.push(id);
        if (acknowledged.length === 100) killed.abort();
        if (outcome === undefined) return;
      }
    });
    await new Promise((resolve) => killed.signal.addEventListener('abort', resolve, { once: true }));
    await server.kill();
    await Promise.all(writers);
    expect(failed).toHaveLength(4);
    for (const error of failed) expect(error).toMatchObject({ status: 503, code: 'search-unavailable' });
    await expect(search.check()).rejects.toMatchObject({ status: 503 });
    await expect(index.search({ text: 'word' })).rejects.toMatchObject({ status: 503 });

    await server.start();
    await search.check();
    const found = await everything(index);
    const lost = acknowledged.filter((id) => !found.has(id));
    const counts = { sent: acknowledged.length + failed.length, acknowledged: acknowledged.length };
    reportCounts(`search: ${server.name}, killed`, {
      ...counts,
      refused: failed.length,
      delivered: found.size,
      repeated: 0,
      lost: lost.length,
    });
    expect(lost).toEqual([]);
  });

  it('loses nothing that was acknowledged in bulk when its line is cut 10 times, and repeats what it may', async () => {
    await using line = await cuttable(server.url);
    const far = await openSearch(line.url, portOptions());
    const cut = far.index({ name: 'cut', fields: { title: { type: 'text' } } });
    await cut.ensure();
    const acknowledged: string[] = [];
    let [sent, refused, writing] = [0, 0, true];
    const write = async (_: unknown, writer: number): Promise<void> => {
      while (writing) {
        const ids = Array.from({ length: 10 }, () => `${writer}-${(sent += 1)}`);
        await cut.bulk(ids.map((id) => ({ id, version: 1, source: { title: `word ${id}` } }))).then(
          () => acknowledged.push(...ids),
          (error: unknown) => {
            expect(error).toMatchObject({ status: 503, code: 'search-unavailable' });
            refused += ids.length;
          },
        );
      }
    };
    const writers = Promise.all([1, 2, 3].map(write));
    for (let round = 0; round < 10; round += 1) {
      const before = acknowledged.length;
      await expect.poll(() => acknowledged.length, { interval: 2 }).toBeGreaterThan(before + 50);
      line.cut();
    }
    writing = false;
    await writers;
    const found = await everything(cut);
    const lost = acknowledged.filter((id) => !found.has(id));
    reportCounts(`search: ${server.name}, bulk writers cut off 10 times`, {
      sent,
      acknowledged: acknowledged.length,
      refused,
      delivered: found.size,
      repeated: 0,
      lost: lost.length,
    });
    expect(lost).toEqual([]);
    await far.close();
  });

  it('remembers versions and deletions over a restart', async () => {
    await index.upsert('kept', 7, { title: 'kept' });
    await index.delete('gone', 7);
    await server.stop();
    await server.start();
    expect(await index.upsert('kept', 6, { title: 'late' })).toBe('stale');
    expect(await index.upsert('gone', 6, { title: 'late' })).toBe('stale');
    expect(await index.get('kept')).toEqual({ version: 7, source: { title: 'kept' } });
  });
});
