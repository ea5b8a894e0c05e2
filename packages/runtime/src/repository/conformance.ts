/** What repositories over every kind of store must do alike. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { testPaging } from './paging-conformance.ts';
import type { Repository, RepositoryQuery, Stored } from './port.ts';

/** What the suite stores: a table or collection `place` with these fields. */
export interface Place extends Stored {
  readonly owner: string;
  readonly title: string;
  readonly rating: number | null;
  readonly opens: string | null;
  readonly amenities: readonly string[];
  readonly address: { readonly city: string; readonly lines: readonly string[] } | null;
}

/** For stores: title is unique per owner. */
export const placeOptions = {
  sortable: ['title', 'rating', 'opens'] as const,
  filterable: ['owner', 'title', 'rating', 'amenities'] as const,
  lists: ['amenities'] as const,
};

/** Texts under names that are not known beforehand. */
export type Named = Stored & Readonly<Record<string, string>>;

/** A store with the places, opened for a run of the suite. */
export interface PlaceStore<Tx> {
  readonly places: Repository<Place, Tx>;
  /**
   * A table or collection of its own, of up to 60 characters, with required texts under these names (a column is `columnOf` its field). All
   * may be sorted and filtered by; the first alone and the last two together are unique.
   */
  named(name: string, fields: readonly string[]): Promise<Repository<Named, Tx>>;
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** Lists, pages, revisions, and the errors of both kinds of stores. @param open A store without places. */
export function testRepository<Tx>(name: string, open: () => Promise<PlaceStore<Tx>>): void {
  describe(`${name} as a repository`, () => {
    let store: PlaceStore<Tx>;
    let places: Repository<Place, Tx>;
    beforeAll(async () => {
      store = await open();
      places = store.places;
    });

    const add = (owner: string, title: string, more: Partial<Omit<Place, keyof Stored>> = {}) =>
      places.insert({ owner, title, amenities: [], rating: null, opens: null, address: null, ...more });
    const all = async (query: RepositoryQuery): Promise<Place[]> => {
      const items: Place[] = [];
      let cursor: string | undefined;
      do {
        const page = await places.list({ ...query, cursor });
        items.push(...page.items);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      return items;
    };

    it('returns what was inserted, with id, revision and instants', async () => {
      const values = {
        owner: randomUUID(),
        title: 'Casa “Ö”',
        rating: 4.5,
        opens: '2026-07-01',
        amenities: ['wifi, fast', 'sauna'],
        address: { city: 'Málaga', lines: ['Calle 1', 'izq.'] },
      };
      const place = await places.insert(values);
      expect(place).toMatchObject({
        ...values,
        revision: 1,
        createdAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      });
      expect(place.updatedAt).toBe(place.createdAt);
      expect(place.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
      expect(await places.get(place.id)).toEqual(place);
    });

    it('has null for what was not given', async () => {
      const place = await places.insert({ owner: randomUUID(), title: 'Plain', amenities: [] });
      expect(await places.get(place.id)).toMatchObject({
        rating: null,
        opens: null,
        address: null,
        amenities: [],
      });
    });

    it('finds nothing for an unknown id', async () => {
      expect(await places.get(randomUUID())).toBeUndefined();
    });

    it('updates the given fields only, and raises the revision', async () => {
      const before = await add(randomUUID(), 'Old', { rating: 3, amenities: ['a'] });
      const after = await places.update(before.id, { title: 'New', rating: null, amenities: undefined });
      expect(after).toEqual({
        ...before,
        title: 'New',
        rating: null,
        revision: 2,
        updatedAt: after.updatedAt,
      });
      expect(await places.get(before.id)).toEqual(after);
    });

    it('refuses a stale revision, for update and delete', async () => {
      const { id } = await add(randomUUID(), 'Contested');
      await places.update(id, { title: 'First' }, { revision: 1 });
      await expect(places.update(id, { title: 'Second' }, { revision: 1 })).rejects.toMatchObject({
        status: 412,
      });
      await expect(places.delete(id, { revision: 1 })).rejects.toMatchObject({ status: 412 });
      await places.delete(id, { revision: 2 });
      expect(await places.get(id)).toBeUndefined();
    });

    it('lets one of many concurrent updates of a revision win', async () => {
      const { id } = await add(randomUUID(), 'Race');
      const results = await Promise.allSettled(
        [1, 2, 3, 4].map((rating) => places.update(id, { rating }, { revision: 1 })),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await places.get(id)).toMatchObject({ revision: 2 });
    });

    it('tells that there is nothing to update or delete', async () => {
      await expect(places.update(randomUUID(), { title: 'x' })).rejects.toMatchObject({ status: 404 });
      await expect(places.delete(randomUUID())).rejects.toMatchObject({ status: 404 });
    });

    it('names the fields that are not unique', async () => {
      const owner = randomUUID();
      await add(owner, 'Same');
      const fields = [
        expect.objectContaining({ path: 'body.owner' }),
        expect.objectContaining({ path: 'body.title' }),
      ];
      await expect(add(owner, 'Same')).rejects.toMatchObject({
        status: 409,
        code: 'duplicate',
        errors: fields,
      });
      const other = await add(owner, 'Other');
      await expect(places.update(other.id, { title: 'Same' })).rejects.toMatchObject({
        status: 409,
        errors: fields,
      });
      await expect(places.insert({ ...other, title: 'Third' })).rejects.toMatchObject({
        status: 409,
        errors: [{ path: 'body.id' }],
      });
    });

    it('keeps all or nothing of a transaction', async () => {
      const owner = randomUUID();
      const failing = store.transaction(async (tx) => {
        const place = await places.insert({ owner, title: 'Ghost', amenities: [] }, tx);
        expect(await places.get(place.id, tx)).toEqual(place);
        expect(await places.get(place.id)).toBeUndefined();
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect((await places.list({ filters: { owner } })).items).toEqual([]);
    });

    it.each([
      ['owner and title', { title: 'A' }, ['A']],
      ['a number', { rating: 2 }, ['B', 'C']],
      ['no value', { rating: null }, ['A']],
      ['a member of a list', { amenities: 'pool' }, ['A', 'C']],
      ['nothing, for undefined', { title: undefined }, ['A', 'B', 'C']],
    ])('filters by %s', async (_, filters, expected) => {
      const owner = randomUUID();
      await add(owner, 'A', { amenities: ['wifi', 'pool'] });
      await add(owner, 'B', { rating: 2 });
      await add(owner, 'C', { rating: 2, amenities: ['pool'] });
      const titles = (await all({ sort: 'title', filters: { owner, ...filters } })).map(({ title }) => title);
      expect(titles).toEqual(expected);
    });

    it.each(['title', '-title', 'rating', '-rating', 'createdAt', '-createdAt'])(
      'walks through all pages by %s, each item once',
      async (sort) => {
        const owner = randomUUID();
        // Many ties, and nulls: what makes paging go wrong.
        const ratings = [null, 1, 2, 2, 2, null, 1, 3, null, 10];
        for (const [index, rating] of ratings.entries()) await add(owner, `place ${index}`, { rating });
        const once = (await places.list({ sort, filters: { owner }, limit: 1_000 })).items;
        expect(once).toHaveLength(ratings.length);
        for (const limit of [1, 3, 5, 10])
          expect(await all({ sort, filters: { owner }, limit })).toEqual(once);
        if (sort === 'rating')
          expect(once.map(({ rating }) => rating)).toEqual([1, 1, 2, 2, 2, 3, 10, null, null, null]);
        if (sort === '-rating')
          expect(once.map(({ rating }) => rating)).toEqual([null, null, null, 10, 3, 2, 2, 2, 1, 1]);
      },
    );

    it('neither repeats nor loses an item when others come and go between two pages', async () => {
      const owner = randomUUID();
      const items = [];
      for (const letter of ['b', 'd', 'f', 'h']) items.push(await add(owner, letter));
      const query = { sort: 'title', filters: { owner }, limit: 2 };
      const first = await places.list(query);
      await add(owner, 'a');
      await add(owner, 'g');
      await places.delete(items[1]?.id ?? '');
      const second = await places.list({ ...query, cursor: first.nextCursor ?? '', limit: 10 });
      expect([...first.items, ...second.items].map(({ title }) => title)).toEqual(['b', 'd', 'f', 'g', 'h']);
    });

    it('lists any values in one order, and pages through them while others come and go', async () => {
      expect(await testPaging(places, 30)).toBeGreaterThan(30);
    });

    it('goes on where rows begin alike when the long text that a page ended with is gone', async () => {
      const owner = randomUUID();
      const common = '漢'.repeat(900);
      const items = [];
      for (const end of ['a', 'b', 'c', 'd']) items.push(await add(owner, common + end));
      for (const sort of ['title', '-title']) {
        const query = { sort, filters: { owner } };
        const first = await places.list({ ...query, limit: 2 });
        const last = first.items.at(-1) as Place;
        await places.update(last.id, { title: `${last.title}!` });
        const rest = await places.list({ ...query, cursor: first.nextCursor ?? '' });
        await places.update(last.id, { title: last.title });
        const ends = rest.items.map(({ title }) => title.replaceAll('漢', ''));
        expect(ends).toEqual(sort === 'title' ? ['a', 'b!', 'c', 'd'] : ['d', 'c!', 'b', 'a']);
      }
    });

    it('keeps every legal field name apart, wherever it appears', async () => {
      let tables = 0;
      await fc.assert(
        fc.asyncProperty(legalFields, async (fields) => {
          tables += 1;
          // Each second one with the longest name that there is.
          const name = `${'n'.repeat(tables % 2 === 0 ? 57 : 1)}_${tables}`;
          const repository = await store.named(name, fields);
          const row = (text: (field: string) => string) =>
            Object.fromEntries(fields.map((field) => [field, text(field)]));
          const first = await repository.insert(row((field) => `1 ${field}`) as never);
          const second = await repository.insert(row((field) => `2 ${field}`) as never);
          expect(second).toMatchObject(row((field) => `2 ${field}`));
          expect(await repository.get(second.id)).toEqual(second);
          const repeat = (repeated: readonly string[]) =>
            repository.insert(
              row((field) => (repeated.includes(field) ? `2 ${field}` : randomUUID())) as never,
            );
          for (const unique of [fields.slice(0, 1), fields.slice(-2)])
            await expect(repeat(unique)).rejects.toMatchObject({
              status: 409,
              errors: unique.map((field) => ({ path: `body.${field}` })),
            });
          for (const field of fields) {
            expect((await repository.list({ filters: { [field]: `2 ${field}` } })).items).toEqual([second]);
            const page = await repository.list({ sort: `-${field}`, limit: 1 });
            const next = await repository.list({ sort: `-${field}`, cursor: page.nextCursor ?? '' });
            expect([...page.items, ...next.items]).toEqual([second, first]);
          }
          for (const field of fields) {
            const changed = await repository.update(second.id, { [field]: `3 ${field}` } as never);
            expect(changed[field]).toBe(`3 ${field}`);
          }
          expect(await repository.get(second.id)).toMatchObject(row((field) => `3 ${field}`));
        }),
        { numRuns: 8 },
      );
    });

    it.each([
      ['no cursor of ours', { cursor: 'bm90IGpzb24' }, 'invalid-cursor'],
      [
        'a cursor of another order',
        { cursor: Buffer.from('["title","a","b"]').toString('base64url') },
        'invalid-cursor',
      ],
      ['an order that was not declared', { sort: 'owner' }, 'invalid-sort'],
      ['a filter that was not declared', { filters: { opens: 'x' } }, 'invalid-filter'],
    ])('refuses %s', async (_, query, code) => {
      await expect(places.list(query)).rejects.toMatchObject({ status: 400, code });
    });
  });
}

/** What other things are called: in JavaScript, in SQL, in drivers. */
const awkward = [
  ...[
    'constructor',
    'toString',
    'toJSON',
    'valueOf',
    'hasOwnProperty',
    'then',
    'prototype',
    'length',
    'name',
  ],
  ...['select', 'from', 'order', 'user', 'group', 'default', 'table', 'end', 'body', 'key', 'value', 'oid'],
  ...[
    'vatID',
    'fooXBar',
    'xAxis',
    'addressLine2',
    'line2Text',
    'aB',
    'aBC',
    'a1',
    'a1B2',
    'tOString',
    'ownerID',
  ],
];
const managed = ['id', 'revision', 'createdAt', 'updatedAt'];

/** Lists of different names; no column is longer than the 63 bytes that PostgreSQL has for it. */
const legalFields = fc.uniqueArray(
  fc.oneof(
    fc.constantFrom(...awkward),
    fc
      .stringMatching(/^[a-z][A-Za-z0-9]{0,40}$/)
      .filter((name) => !managed.includes(name) && name.length + name.replaceAll(/[^A-Z]/g, '').length <= 63),
  ),
  { minLength: 3, maxLength: 12 },
);
