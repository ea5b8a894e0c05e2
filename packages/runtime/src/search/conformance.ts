/** What every search engine must pass. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Adapters } from '../adapters.ts';
import { portOptions } from '../testing/port-options.ts';
import {
  type Filter,
  IndexMismatchError,
  openSearch,
  type Query,
  type Search,
  type SearchIndex,
  type Source,
} from './index.ts';

const fields = {
  title: { type: 'text', weight: 3, suggest: true },
  about: { type: 'text', language: 'english' },
  city: { type: 'keyword' },
  tags: { type: 'keyword' },
  price: { type: 'number' },
  instant: { type: 'boolean' },
  since: { type: 'date' },
  at: { type: 'geo' },
  raw: { type: 'stored' },
} as const;

const LISBON = { lat: 38.7223, lon: -9.1393 };

/** Distances from Lisbon: alfama 1 km, porto 274 km, fiji on the other side of the antimeridian. */
const places: Readonly<Record<string, Source>> = {
  alfama: {
    title: 'Alfama Terrace',
    about: 'Two houses with a view of the river',
    city: 'Lisbon',
    tags: ['river', 'terrace', 'river'],
    price: 120,
    instant: true,
    since: '2026-01-01',
    at: { lat: 38.7131, lon: -9.1305 },
    raw: { any: ['thing', 1, null] },
  },
  belem: {
    title: 'Belém Garden House',
    about: 'Quiet; by the sea',
    city: 'Lisbon',
    tags: ['garden'],
    price: 80,
    instant: false,
    since: '2026-03-01T12:00:00Z',
    at: { lat: 38.6979, lon: -9.2068 },
  },
  porto: {
    title: 'Ribeira Loft',
    about: 'A terrace on the river',
    city: 'Porto',
    tags: ['river', 'loft'],
    price: 95.5,
    instant: true,
    since: '2026-02-01',
    at: { lat: 41.1406, lon: -8.611 },
  },
  fiji: {
    title: 'Coral Bungalow',
    about: 'Reef and garden',
    city: 'Suva',
    tags: [],
    price: 300,
    instant: true,
    since: '2025-12-31T23:59:59.999Z',
    at: { lat: -18.1, lon: 178.44 },
  },
  bare: { title: 'Straße Łódź', about: null },
};

/** @param adapters For a URL that no built-in adapter opens. */
export function testSearch(name: string, url: () => URL, adapters?: Adapters): void {
  describe(`${name} as a search engine`, () => {
    let search: Search;
    let index: SearchIndex;
    const fresh = () => search.index({ name: `t-${randomBytes(6).toString('hex')}`, fields });
    beforeAll(async () => {
      search = await openSearch(url(), portOptions(undefined, adapters));
      index = fresh();
      await index.bulk(Object.entries(places).map(([id, source]) => ({ id, version: 1, source })));
      await index.refresh();
    });
    afterAll(() => search.close());

    const ids = async (query: Query, on = index) => (await on.search(query)).hits.map(({ id }) => id);

    describe('words', () => {
      it.each<[string, Query, string[]]>([
        ['no text: everything, by id', {}, ['alfama', 'bare', 'belem', 'fiji', 'porto']],
        ['without regard to case and accents', { text: 'BELEM' }, ['belem']],
        ['with accents as asked', { text: 'belém' }, ['belem']],
        ['letters that fold into others', { text: 'strasse lodz' }, ['bare']],
        ['all words must be there, each in any field', { text: 'river alfama' }, ['alfama']],
        ['what weighs more comes first', { text: 'terrace' }, ['alfama', 'porto']],
        ['weights of the query', { text: 'terrace', weights: { title: 1, about: 50 } }, ['porto', 'alfama']],
        ['only in the fields of the query', { text: 'terrace', weights: { about: 1 } }, ['porto']],
        ['forms of English words', { text: 'house' }, ['belem', 'alfama']],
        ['common English words do not count', { text: 'the garden' }, ['belem', 'fiji']],
        ['punctuation is none of the words', { text: '"garden" -& (house)' }, ['belem']],
        ['one error in a short word', { text: 'lofd' }, ['porto']],
        ['two errors in a long word', { text: 'bungelaw' }, ['fiji']],
        ['a swap of neighbours', { text: 'coarl' }, ['fiji']],
        ['no errors when not wanted', { text: 'lofd', fuzzy: false }, []],
        ['no error in the first letter', { text: 'moft' }, []],
        ['nothing', { text: 'zeppelin' }, []],
      ])('%s', async (_, query, expected) => {
        expect(await ids(query)).toEqual(expected);
      });

      it('ranks what is written as asked before what only resembles it', async () => {
        const own = fresh();
        await own.bulk([
          { id: 'a-near', version: 1, source: { title: 'Marine' } },
          { id: 'b-exact', version: 1, source: { title: 'Marina' } },
        ]);
        await own.refresh();
        expect(await ids({ text: 'marina' }, own)).toEqual(['b-exact', 'a-near']);
        const { hits } = await own.search({ text: 'marina' });
        expect(hits[0]?.score).toBeGreaterThan(hits[1]?.score as number);
      });

      it('finds words of other scripts, in whichever way their letters are composed', async () => {
        const own = fresh();
        const titles = { el: 'Ελλάδα', ja: 'がぎぐげご', ko: '한국 여행', ru: 'Зимний край', vi: 'Hà Nội' };
        await own.bulk(Object.entries(titles).map(([id, title]) => ({ id, version: 1, source: { title } })));
        await own.refresh();
        for (const [id, title] of Object.entries(titles)) {
          for (const form of ['NFC', 'NFD'])
            expect(await ids({ text: title.normalize(form), fuzzy: false }, own), id).toEqual([id]);
          expect(await own.suggest({ field: 'title', text: title.slice(0, 2) }), id).toEqual([title]);
        }
      });

      it('keeps words of any length, and finds them by their beginning of 255 letters', async () => {
        const own = fresh();
        await own.upsert('long', 1, { about: `short ${'x'.repeat(40_000)}` }, { visible: true });
        for (const text of ['short', 'x'.repeat(255), 'x'.repeat(300)])
          expect(await ids({ text, fuzzy: false }, own)).toEqual(['long']);
      });

      it('treats texts as texts, whatever they look like', async () => {
        expect(await ids({ text: `'; drop table x; -- \\ :* & | ! <-> {"match_all":{}} \u2028` })).toEqual(
          [],
        );
        expect(
          await ids({ where: [{ field: 'city', operator: 'equal', value: `Lisbon' or '1'='1` }] }),
        ).toEqual([]);
      });
    });

    it.each<[Filter, string[]]>([
      [{ field: 'city', operator: 'equal', value: 'Lisbon' }, ['alfama', 'belem']],
      [{ field: 'city', operator: 'equal', value: 'lisbon' }, []],
      [{ field: 'tags', operator: 'equal', value: 'river' }, ['alfama', 'porto']],
      [{ field: 'tags', operator: 'in', value: ['loft', 'garden', 'none'] }, ['belem', 'porto']],
      [{ field: 'tags', operator: 'in', value: [] }, []],
      [{ field: 'price', operator: 'equal', value: 95.5 }, ['porto']],
      [{ field: 'price', operator: 'in', value: [80, 300] }, ['belem', 'fiji']],
      [{ field: 'price', operator: 'range', gt: 80, lte: 120 }, ['alfama', 'porto']],
      [{ field: 'price', operator: 'range', gte: 80, lt: 120 }, ['belem', 'porto']],
      [{ field: 'price', operator: 'range' }, ['alfama', 'belem', 'fiji', 'porto']],
      [{ field: 'instant', operator: 'equal', value: false }, ['belem']],
      [{ field: 'since', operator: 'equal', value: '2026-01-01T00:00:00Z' }, ['alfama']],
      [{ field: 'since', operator: 'range', gt: '2026-01-01' }, ['belem', 'porto']],
      [{ field: 'since', operator: 'range', lte: '2026-01-01' }, ['alfama', 'fiji']],
      [{ field: 'at', operator: 'near', point: LISBON, meters: 2_000 }, ['alfama']],
      [{ field: 'at', operator: 'near', point: LISBON, meters: 280_000 }, ['alfama', 'belem', 'porto']],
      [{ field: 'at', operator: 'near', point: { lat: -18, lon: -179 }, meters: 300_000 }, ['fiji']],
      [{ field: 'at', operator: 'box', north: 39, south: 38, west: -9.2, east: -9 }, ['alfama']],
      [{ field: 'at', operator: 'box', north: 0, south: -30, west: 170, east: -170 }, ['fiji']],
      [{ field: 'at', operator: 'near', point: { lat: 41.1406, lon: -8.611 }, meters: 0 }, ['porto']],
      [
        { field: 'at', operator: 'box', north: 41.1406, south: 41.1406, west: -8.611, east: -8.611 },
        ['porto'],
      ],
      [{ field: 'at', operator: 'box', north: 50, south: 41.1406, west: -8.611, east: 0 }, ['porto']],
      [{ field: 'at', operator: 'box', north: 41.1406, south: 0, west: -8.9, east: -8.611 }, ['porto']],
      [{ not: { field: 'tags', operator: 'equal', value: 'river' } }, ['bare', 'belem', 'fiji']],
      [{ not: { not: { field: 'city', operator: 'equal', value: 'Porto' } } }, ['porto']],
    ])('filters by %j', async (filter, expected) => {
      expect(await ids({ where: [filter] })).toEqual(expected);
    });

    it('takes words and all filters together', async () => {
      const where: Filter[] = [
        { field: 'price', operator: 'range', gte: 90 },
        { field: 'at', operator: 'near', point: LISBON, meters: 280_000 },
      ];
      expect(await ids({ text: 'river', where, sort: [{ by: 'field', field: 'price' }] })).toEqual([
        'porto',
        'alfama',
      ]);
    });

    it.each<[string, Query['sort'], string[]]>([
      ['numbers', [{ by: 'field', field: 'price' }], ['belem', 'porto', 'alfama', 'fiji', 'bare']],
      [
        'numbers, descending',
        [{ by: 'field', field: 'price', descending: true }],
        ['fiji', 'alfama', 'porto', 'belem', 'bare'],
      ],
      [
        'texts, then numbers',
        [
          { by: 'field', field: 'city' },
          { by: 'field', field: 'price' },
        ],
        ['belem', 'alfama', 'porto', 'fiji', 'bare'],
      ],
      ['dates', [{ by: 'field', field: 'since' }], ['fiji', 'alfama', 'porto', 'belem', 'bare']],
      [
        'dates, descending',
        [{ by: 'field', field: 'since', descending: true }],
        ['belem', 'porto', 'alfama', 'fiji', 'bare'],
      ],
      [
        'yes and no',
        [{ by: 'field', field: 'instant', descending: true }],
        ['alfama', 'fiji', 'porto', 'belem', 'bare'],
      ],
      [
        'lists by their least item',
        [{ by: 'field', field: 'tags' }],
        ['belem', 'porto', 'alfama', 'bare', 'fiji'],
      ],
      [
        'lists by their greatest item',
        [{ by: 'field', field: 'tags', descending: true }],
        ['alfama', 'porto', 'belem', 'bare', 'fiji'],
      ],
      [
        'distance',
        [{ by: 'distance', field: 'at', from: LISBON }],
        ['alfama', 'belem', 'porto', 'fiji', 'bare'],
      ],
    ])('sorts by %s, what is missing last, and pages through', async (_, sort, expected) => {
      expect(await ids({ sort })).toEqual(expected);
      const seen: string[] = [];
      for (let after: string | undefined; ; ) {
        const page = await index.search({ sort, limit: 2, after });
        seen.push(...page.hits.map(({ id }) => id));
        after = page.next;
        if (after === undefined) break;
      }
      expect(seen).toEqual(expected);
    });

    it('pages by relevance too, and by offset', async () => {
      const first = await index.search({ text: 'terrace', limit: 1 });
      expect(first).toMatchObject({ total: 2, hits: [{ id: 'alfama' }] });
      expect(await ids({ text: 'terrace', limit: 1, after: first.next })).toEqual(['porto']);
      expect(await ids({ limit: 2, offset: 3 })).toEqual(['fiji', 'porto']);
      await expect(index.search({ offset: 9_990, limit: 20 })).rejects.toMatchObject({ status: 400 });
    });

    it('refuses cursors of another sort, and those that nobody gave', async () => {
      const { next } = await index.search({ sort: [{ by: 'field', field: 'price' }], limit: 1 });
      const forged = Buffer.from(JSON.stringify(['price', 'cheap', 'x'])).toString('base64url');
      for (const [field, after] of [
        ['city', next],
        ['price', 'nonsense'],
        ['price', forged],
      ] as const) {
        const asked = index.search({ sort: [{ by: 'field', field }], after });
        await expect(asked).rejects.toMatchObject({ status: 400, code: 'invalid-cursor' });
      }
    });

    it('tells the distance in metres', async () => {
      const { hits } = await index.search({ sort: [{ by: 'distance', field: 'at', from: LISBON }] });
      const distances = Object.fromEntries(hits.map(({ id, distance }) => [id, distance]));
      expect(distances['alfama']).toBeGreaterThan(1_270);
      expect(distances['alfama']).toBeLessThan(1_280);
      expect((distances['porto'] as number) / 1_000).toBeCloseTo(272.6, 0);
      expect(distances['bare']).toBeUndefined();
    });

    it('gives documents back as they were stored', async () => {
      const [hit] = (await index.search({ text: 'alfama' })).hits;
      expect(hit).toMatchObject({ id: 'alfama', version: 1 });
      expect(hit?.source).toEqual(places['alfama']);
      expect(await index.get('alfama')).toEqual({ version: 1, source: places['alfama'] });
      expect(await index.get('nobody')).toBeUndefined();
    });

    it('counts documents by values, of everything that matches', async () => {
      const { hits, total, facets } = await index.search({
        facets: ['city', { field: 'tags', limit: 2 }, 'instant'],
        limit: 0,
      });
      expect({ hits, total, facets }).toEqual({
        hits: [],
        total: 5,
        facets: {
          city: [
            { value: 'Lisbon', count: 2 },
            { value: 'Porto', count: 1 },
            { value: 'Suva', count: 1 },
          ],
          tags: [
            { value: 'river', count: 2 },
            { value: 'garden', count: 1 },
          ],
          instant: [
            { value: true, count: 3 },
            { value: false, count: 1 },
          ],
        },
      });
      const narrowed = await index.search({ text: 'river', facets: ['city'], limit: 1 });
      expect(narrowed.facets['city']).toEqual([
        { value: 'Lisbon', count: 1 },
        { value: 'Porto', count: 1 },
      ]);
    });

    it('suggests what begins as typed, then what nearly does', async () => {
      const titles = ['Marina Bay', 'Marina Bay', 'Marble Arch', 'Old Marina', 'Mirador'];
      const own = fresh();
      await own.bulk(
        titles.map((title, at) => ({
          id: `${at}`,
          version: 1,
          source: { title, city: at === 0 ? 'A' : 'B' },
        })),
      );
      await own.refresh();
      const suggest = (text: string, where?: Filter[]) =>
        own.suggest({ field: 'title', text, where, limit: 4 });
      expect(await suggest('MAR')).toEqual(['Marina Bay', 'Marble Arch', 'Old Marina', 'Mirador']);
      expect(await suggest('bay mar')).toEqual(['Marina Bay']);
      expect(await suggest('mairn')).toEqual(['Marina Bay', 'Old Marina']);
      expect(await suggest('mar', [{ field: 'city', operator: 'equal', value: 'A' }])).toEqual([
        'Marina Bay',
      ]);
      expect(await suggest(' ')).toEqual([]);
    });

    describe('versions', () => {
      it('the highest wins in whichever order they arrive', async () => {
        const own = fresh();
        expect(await own.upsert('a', 3, { title: 'three' })).toBe('applied');
        expect(await own.upsert('a', 2, { title: 'two' })).toBe('stale');
        expect(await own.upsert('a', 3, { title: 'again' })).toBe('stale');
        expect(await own.delete('a', 2)).toBe('stale');
        expect(await own.get('a')).toEqual({ version: 3, source: { title: 'three' } });
      });

      it('a deletion is remembered, until it is purged', async () => {
        const own = fresh();
        await own.upsert('a', 1, { title: 'first' });
        expect(await own.delete('a', 3, { visible: true })).toBe('applied');
        expect(await own.delete('never-seen', 3)).toBe('applied');
        expect(await own.upsert('a', 2, { title: 'late' })).toBe('stale');
        expect(await own.upsert('never-seen', 2, { title: 'late' })).toBe('stale');
        expect(await own.get('a')).toBeUndefined();
        expect(await own.search({ facets: ['city'] })).toMatchObject({ hits: [], total: 0 });
        expect(await own.upsert('a', 4, { title: 'back' })).toBe('applied');
        expect(await own.get('a')).toEqual({ version: 4, source: { title: 'back' } });
        await own.purge(3_600_000);
        expect(await own.upsert('never-seen', 1, { title: 'late' })).toBe('stale');
        await own.purge(0);
        const again = () => own.upsert('never-seen', 1, { title: 'new' });
        await expect.poll(again, { timeout: 20_000, interval: 100 }).toBe('applied');
        expect((await own.get('a'))?.version).toBe(4);
      });

      it('a bulk keeps the order of one document’s operations, and says what became of each', async () => {
        const own = fresh();
        const outcomes = await own.bulk(
          [
            { id: 'a', version: 1, source: { title: 'one' } },
            { id: 'b', version: 5, source: { title: 'b' } },
            { id: 'a', version: 2, source: { title: 'two' } },
            { id: 'b', version: 4, source: null },
          ],
          { visible: true },
        );
        expect(outcomes).toEqual(['applied', 'applied', 'applied', 'stale']);
        expect(await ids({}, own)).toEqual(['a', 'b']);
        expect(await ids({ text: 'two' }, own)).toEqual(['a']);
      });

      it('many writers of the same documents in different orders converge', async () => {
        const own = fresh();
        const versions = Array.from({ length: 40 }, (_, at) => ((at * 17) % 40) + 1);
        await Promise.all(
          versions.map((version) =>
            own.bulk(
              Array.from({ length: 20 }, (_, at) => ({
                id: `d${(at * version) % 23}`,
                version,
                source: { price: version, title: `word${version}` },
              })),
            ),
          ),
        );
        await own.refresh();
        const { hits } = await own.search({ limit: 100 });
        expect(hits.length).toBeGreaterThan(0);
        expect(hits.every(({ version, source }) => source['price'] === version)).toBe(true);
        expect(hits.find(({ id }) => id === 'd0')?.version).toBe(40);
      });
    });

    describe('the index', () => {
      it('is made once by replicas that start together', async () => {
        const definition = { name: `t-${randomBytes(6).toString('hex')}`, fields };
        const replicas = await Promise.all(
          Array.from({ length: 4 }, () => openSearch(url(), portOptions(undefined, adapters))),
        );
        try {
          await Promise.all(
            replicas.map((one, at) =>
              one.index(definition).upsert(`${at}`, 1, { title: 'x' }, { visible: true }),
            ),
          );
          expect(await ids({}, replicas[0]?.index(definition))).toEqual(['0', '1', '2', '3']);
        } finally {
          await Promise.all(replicas.map((one) => one.close()));
        }
      });

      it('gets new fields, and says that another type of a field needs a reindex', async () => {
        const name = `t-${randomBytes(6).toString('hex')}`;
        const [older, newer, other] = await Promise.all(
          [1, 2, 3].map(() => openSearch(url(), portOptions(undefined, adapters))),
        );
        try {
          await older?.index({ name, fields: { title: { type: 'text' } } }).upsert('a', 1, { title: 'one' });
          const grown = newer?.index({
            name,
            fields: { title: { type: 'text' }, stars: { type: 'number' } },
          }) as SearchIndex;
          await grown.upsert('b', 1, { title: 'two', stars: 5 }, { visible: true });
          expect(await ids({ where: [{ field: 'stars', operator: 'equal', value: 5 }] }, grown)).toEqual([
            'b',
          ]);
          const changed = other?.index({
            name,
            fields: { title: { type: 'text', language: 'english' } },
          }) as SearchIndex;
          await expect(changed.ensure()).rejects.toThrow(IndexMismatchError);
          await changed.reindex((write) => write([{ id: 'c', version: 1, source: { title: 'houses' } }]));
          expect(await ids({ text: 'house' }, changed)).toEqual(['c']);
        } finally {
          await Promise.all([older, newer, other].map((one) => one?.close()));
        }
      });

      it('is rebuilt without downtime, and without losing what is written meanwhile', async () => {
        const own = fresh();
        const all = Array.from({ length: 60 }, (_, at) => ({
          id: `d${at}`,
          version: 1,
          source: { title: 'old', price: at },
        }));
        await own.bulk([...all, { id: 'orphan', version: 1, source: { title: 'old' } }]);
        await own.refresh();
        let busy = true;
        let version = 1;
        let fewest = Number.POSITIVE_INFINITY;
        // The source knows a version before the index does, and the fill reads the source after the build began.
        const source = new Map(all.map((one) => [one.id, one.version]));
        const acknowledged = new Map<string, number>();
        const writer = async () => {
          while (busy) {
            version += 1;
            const id = `d${version % 30}`;
            source.set(id, version);
            await own.upsert(id, version, { title: 'new', price: version });
            acknowledged.set(id, version);
          }
        };
        const reader = async () => {
          while (busy) fewest = Math.min(fewest, (await own.search({ limit: 0 })).total);
        };
        const rebuild = async () => {
          await own.reindex(async (write) => {
            const read = [...source];
            const unseen = version + 5;
            while (version < unseen) await own.get('d0');
            await write(read.map(([id, at]) => ({ id, version: at, source: { title: 'rebuilt' } })));
            await own.delete('d59', 9);
            await own.upsert('during', 1, { title: 'during' });
          });
        };
        const done = rebuild().finally(() => {
          busy = false;
        });
        await Promise.all([done, writer(), reader()]);
        await own.refresh();
        expect(fewest).toBeGreaterThanOrEqual(59);
        const { hits } = await own.search({ limit: 100 });
        const found = new Map(hits.map((hit) => [hit.id, hit.version]));
        expect(acknowledged.size).toBeGreaterThan(0);
        for (const [id, last] of acknowledged) expect(found.get(id), id).toBe(last);
        expect(found.has('orphan')).toBe(false);
        expect(found.has('d59')).toBe(false);
        expect(found.get('during')).toBe(1);
        expect(await own.upsert('d59', 2, { title: 'late' })).toBe('stale');
      });

      it('without a text field is filtered, sorted and counted, and not searched for words', async () => {
        const plain = search.index({
          name: `t-${randomBytes(6).toString('hex')}`,
          fields: { city: { type: 'keyword' } },
        });
        await plain.upsert('a', 1, { city: 'Porto' }, { visible: true });
        const where: Filter[] = [{ field: 'city', operator: 'equal', value: 'Porto' }];
        const sort = [{ by: 'field', field: 'city' }] as const;
        expect(await plain.search({ text: ' ', where, sort, facets: ['city'] })).toMatchObject({
          hits: [{ id: 'a' }],
          facets: { city: [{ value: 'Porto', count: 1 }] },
        });
        await expect(plain.search({ text: 'porto' })).rejects.toThrow('has no text field');
      });

      it('stays as it is when a rebuild fails', async () => {
        const own = fresh();
        await own.upsert('a', 1, { title: 'kept' }, { visible: true });
        const rebuilt = own.reindex(() => Promise.reject(new Error('no source')));
        await expect(rebuilt).rejects.toThrow('no source');
        expect(await ids({ text: 'kept' }, own)).toEqual(['a']);
      });

      it('refuses what it does not have', async () => {
        await expect(index.upsert('x', 1, { nope: 1 })).rejects.toThrow('not declared');
        await expect(index.upsert('x', 1, { price: 'much' })).rejects.toThrow('price');
        await expect(index.upsert('x', 1, { since: '2026-02-30' })).rejects.toThrow('since');
        await expect(index.upsert('x', 0, {})).rejects.toThrow('version');
        // No two characters alike, so that nothing can be compressed.
        const varied = (length: number) =>
          String.fromCodePoint(...Array.from({ length }, (_, at) => 0x4e00 + ((at * 7919) % 20_000)));
        await fresh().upsert('漢'.repeat(170), 1, { city: varied(860) });
        await expect(index.upsert('漢'.repeat(200), 1, {})).rejects.toThrow('512 bytes');
        await expect(index.upsert('x', 1, { city: varied(1_000) })).rejects.toThrow('2,600 bytes');
        const words = Array.from({ length: 60 }, () => 'x'.repeat(2_000));
        await expect(index.upsert('x', 1, { about: words })).rejects.toThrow('100,000');
        await expect(index.search({ weights: { city: 1 } })).rejects.toThrow('city');
        await expect(
          index.search({ where: [{ field: 'title', operator: 'equal', value: 'x' }] }),
        ).rejects.toThrow('title');
        expect(() => search.index({ name: 'Ümlaut', fields: {} })).toThrow('not a name for an index');
      });
    });
  });
}
