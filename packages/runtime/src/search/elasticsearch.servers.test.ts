import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startElasticsearch } from '../../../../tests/servers/elasticsearch.ts';
import { reportProven } from '../../../../tests/servers/report.ts';
import type { TestServer } from '../../../../tests/servers/server.ts';
import { portOptions } from '../testing/port-options.ts';
import { testSearch } from './conformance.ts';
import { openSearch, type Search, type SearchIndex } from './index.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startElasticsearch();
});
afterAll(async () => {
  reportProven({ port: 'search', adapter: 'elasticsearch', server: server.name });
  await server[Symbol.asyncDispose]();
});

testSearch('Elasticsearch', () => server.url);

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
    await index.refresh();
    const found = new Set<string>();
    for (let after: string | undefined; ; ) {
      const page = await index.search({ limit: 1_000, after });
      for (const { id } of page.hits) found.add(id);
      after = page.next;
      if (after === undefined) break;
    }
    expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
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
