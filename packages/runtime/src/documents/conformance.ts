/** What every document store must pass, beside the repository's suite that runs on top of it. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Adapters } from '../adapters.ts';
import { portOptions } from '../testing/port-options.ts';
import {
  type CollectionDefinition,
  type Condition,
  type Document,
  type DocumentCollection,
  type DocumentStore,
  DuplicateError,
  type Find,
  openDocuments,
} from './index.ts';

/** @param adapters For a URL that no built-in adapter opens. */
export function testDocuments(name: string, url: () => URL, adapters?: Adapters): void {
  describe(`${name} as a document store`, () => {
    let store: DocumentStore;
    let animals: DocumentCollection;
    beforeAll(async () => {
      store = await openDocuments(url(), portOptions(undefined, adapters));
      animals = store.collection({
        name: 'animal',
        unique: [['name'], ['tag', 'farm']],
        indexes: [['legs']],
      });
      await animals.insert(animal('ant', { legs: 6, tiny: true, foods: ['sugar'] }));
      await animals.insert(animal('cat', { legs: 4, tiny: false, foods: ['fish', 'mice'] }));
      await animals.insert(animal('dog', { legs: 4, tiny: false, foods: [] }));
      await animals.insert(animal('eel', { legs: null }));
      await animals.insert(animal('fox', {}));
      // Numbers compare as numbers, not as texts.
      await animals.insert(animal('millipede', { legs: 1306 }));
    });
    afterAll(() => store.close());

    const animal = (title: string, fields: Record<string, unknown>): Document => ({
      id: randomUUID(),
      revision: 1,
      createdAt: '2026-07-01T10:00:00.000Z',
      updatedAt: '2026-07-01T10:00:00.000Z',
      name: title,
      ...fields,
    });
    const names = async (...where: Condition[]) => {
      const sort = { field: 'name', descending: false };
      const found = await animals.find({ where, sort, after: undefined, limit: 100 });
      return found.map((document) => document['name']);
    };

    it.each<[Condition, string[]]>([
      [{ field: 'legs', operator: 'equal', value: 4 }, ['cat', 'dog']],
      [{ field: 'legs', operator: 'equal', value: null }, ['eel', 'fox']],
      [{ field: 'tiny', operator: 'equal', value: false }, ['cat', 'dog']],
      [{ field: 'legs', operator: 'gt', value: 4 }, ['ant', 'millipede']],
      [{ field: 'legs', operator: 'gte', value: 6 }, ['ant', 'millipede']],
      [{ field: 'legs', operator: 'lt', value: 6 }, ['cat', 'dog']],
      [{ field: 'legs', operator: 'lte', value: 6 }, ['ant', 'cat', 'dog']],
      [{ field: 'name', operator: 'gte', value: 'eel' }, ['eel', 'fox', 'millipede']],
      [{ field: 'name', operator: 'in', value: ['fox', 'cat', 'gnu'] }, ['cat', 'fox']],
      [{ field: 'name', operator: 'in', value: [] }, []],
      [{ field: 'foods', operator: 'has', value: 'mice' }, ['cat']],
    ])('finds by %j', async (condition, expected) => {
      expect(await names(condition)).toEqual(expected);
    });

    it('takes over what an earlier collection and fields of it hold, once, however many replicas do it', async () => {
      const before = { name: 'opinion', unique: [['code']], indexes: [['body']] };
      const old = store.collection(before);
      await old.insert(animal('first', { body: 'good', code: 1 }));
      await old.insert(animal('second', { body: 'bad', code: 2, text: 'has both' }));
      const after: CollectionDefinition = {
        name: 'review',
        unique: [['code']],
        indexes: [['text']],
        renamedFrom: { collection: 'opinion', fields: { text: 'body' } },
      };
      const replicas = await Promise.all(
        Array.from({ length: 3 }, () => openDocuments(url(), portOptions(undefined, adapters))),
      );
      await Promise.all(
        replicas.map(async (replica) => {
          replica.collection(after);
          await replica.check();
        }),
      );
      const reviews = store.collection(after);
      const all = async () => {
        const sort = { field: 'code', descending: false };
        const found = await reviews.find({ where: [], sort, after: undefined, limit: 100 });
        return found.map(({ name, text, body }) => ({ name, text, body }));
      };
      const taken = [
        { name: 'first', text: 'good', body: undefined },
        { name: 'second', text: 'has both', body: 'bad' },
      ];
      expect(await all()).toEqual(taken);
      await expect(reviews.insert(animal('third', { code: 1 }))).rejects.toMatchObject({ fields: ['code'] });
      await Promise.all(replicas.map((replica) => replica.close()));
      expect(await all()).toEqual(taken);
    });

    it('takes all conditions together', async () => {
      const [four, named] = [
        { field: 'legs', operator: 'equal', value: 4 },
        { field: 'name', operator: 'gt', value: 'cat' },
      ] as const;
      expect(await names(four, named)).toEqual(['dog']);
    });

    it('keeps groups of values unique, except where one is missing', async () => {
      await animals.insert(animal('hen 1', { tag: 1, farm: 'a' }));
      await animals.insert(animal('hen 2', { tag: 1, farm: 'b' }));
      await animals.insert(animal('hen 3', { tag: 1, farm: null }));
      await animals.insert(animal('hen 4', { tag: 1 }));
      const failure = await animals
        .insert(animal('hen 5', { tag: 1, farm: 'a' }))
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(DuplicateError);
      expect((failure as DuplicateError).fields).toEqual(['tag', 'farm']);
    });

    it('keeps texts unique that are longer than a row of an index, and finds and compares them', async () => {
      const notes = store.collection({
        name: 'note',
        unique: [['text']],
        indexes: [['text']],
      });
      // No two characters alike, so that nothing can be compressed.
      const long = (seed: number) =>
        String.fromCodePoint(
          ...Array.from({ length: 4_000 }, (_, at) => 0x4e00 + ((at * 7919 + seed) % 20_000)),
        );
      const note = (text: string) => animal('note', { text });
      for (const seed of [1, 2]) await notes.insert(note(long(seed)));
      await expect(notes.insert(note(long(1)))).rejects.toBeInstanceOf(DuplicateError);
      const found = async (operator: 'equal' | 'gt' | 'lte', value: string) => {
        const sort = { field: 'text', descending: false };
        const where = [{ field: 'text', operator, value }] as const;
        return (await notes.find({ where, sort, after: undefined, limit: 10 })).map(({ text }) => text);
      };
      expect(await found('equal', long(2))).toEqual([long(2)]);
      expect(await found('gt', long(1))).toEqual([long(2)]);
      expect(await found('lte', long(1))).toEqual([long(1)]);
    });

    it('compares texts by code points, and values of one type only', async () => {
      const words = store.collection({ name: 'word', unique: [], indexes: [['text']] });
      const sorted = ['', '\u0001', '1', 'Z', 'a', 'a\u0301', 'b', 'á', '\uffff', '🏡'];
      for (const text of sorted.toReversed()) await words.insert(animal('word', { text }));
      await words.insert(animal('word', { text: 1 }));
      const found = async (...where: Condition[]) => {
        const sort = { field: 'text', descending: false };
        return (await words.find({ where, sort, after: undefined, limit: 100 })).map(({ text }) => text);
      };
      expect(await found({ field: 'text', operator: 'gte', value: '' })).toEqual(sorted);
      expect(await found({ field: 'text', operator: 'lt', value: 'b' })).toEqual(sorted.slice(0, 6));
      expect(await found({ field: 'text', operator: 'in', value: ['b', 1] })).toHaveLength(2);
      expect(await found({ field: 'text', operator: 'equal', value: '1' })).toEqual(['1']);
    });

    it('takes a list for a list only, never for one of its items', async () => {
      const lists = store.collection({ name: 'list', unique: [], indexes: [['tags']] });
      for (const tags of [['a', null], ['b'], 'a', null]) await lists.insert(animal('list', { tags }));
      const tags = async (condition: Condition) => {
        const sort = { field: 'id', descending: false };
        const found = await lists.find({ where: [condition], sort, after: undefined, limit: 10 });
        return found.map((document) => document['tags']);
      };
      expect(await tags({ field: 'tags', operator: 'equal', value: 'a' })).toEqual(['a']);
      expect(await tags({ field: 'tags', operator: 'equal', value: null })).toEqual([null]);
      expect(await tags({ field: 'tags', operator: 'in', value: ['b'] })).toEqual([]);
      expect(await tags({ field: 'tags', operator: 'has', value: 'b' })).toEqual([['b']]);
    });

    it('gives back what it was given, as JSON carries it', async () => {
      const things = store.collection({ name: 'thing', unique: [], indexes: [] });
      const fields = {
        nested: { 'a.b': 1, $set: { $inc: [null, 1.5] }, _bsontype: 'ObjectId', empty: {} },
        list: [{ _bsontype: 'Long', deep: [{ _bsontype: 'x' }] }, []],
        text: 'Ünïcode 🏡',
        numbers: [0, -1, 2 ** 31, 2 ** 53 - 1, 1e300, 0.1],
        none: null,
      };
      const { id, ...rest } = animal('thing', { ...fields, at: new Date(0), left: undefined });
      await things.insert({ id, ...rest } as Document);
      const { left: _, ...expected } = { ...rest, id, at: '1970-01-01T00:00:00.000Z' } as Record<
        string,
        unknown
      >;
      expect(await things.get(id)).toEqual(expected);
      expect(await things.update(id, { nested: fields.list, none: fields.nested })).toEqual({
        ...expected,
        revision: 2,
        nested: fields.list,
        none: fields.nested,
      });
      expect(await things.get(randomUUID())).toBeUndefined();
    });

    it.each([
      ['legs', false, ['b', 'c', 'a', 'e', 'd', 'f']],
      ['legs', true, ['f', 'd', 'e', 'a', 'c', 'b']],
    ] as const)(
      'pages by %s, descending: %s, with nulls beyond every value and ties by id',
      async (field, descending, order) => {
        const name = `page-${descending}`;
        const pages = store.collection({ name, unique: [], indexes: [[field]] });
        const legs = { a: 4, b: 0, c: 4, d: null, e: 1306, f: undefined };
        // Ids in the order that is expected, among equals.
        const ids = { a: '3', b: '1', c: '2', d: '5', e: '4', f: '6' };
        for (const [key, value] of Object.entries(legs))
          await pages.insert({ ...animal(key, { legs: value }), id: ids[key as 'a'] });
        const query = { where: [], sort: { field, descending } };
        for (const limit of [1, 2, 3, 4, 6, 100]) {
          const seen: unknown[] = [];
          for (let after: { value: number | null; id: string } | undefined, full = true; full; ) {
            const page = await pages.find({ ...query, after, limit });
            seen.push(...page.map((document) => document['name']));
            const last = page.at(-1);
            full = page.length === limit;
            if (last !== undefined) after = { value: (last['legs'] ?? null) as number | null, id: last.id };
          }
          expect(seen, `limit ${limit}`).toEqual(order);
        }
      },
    );

    it('changes and deletes what still has the expected revision, and nothing else', async () => {
      const { id } = await inserted('gnu 1', { legs: 4 });
      expect(await animals.update(id, { legs: 3 }, 2)).toBeUndefined();
      expect(await animals.update(id, { legs: 3 }, 1)).toMatchObject({ legs: 3, revision: 2, name: 'gnu 1' });
      expect(await animals.update(id, { legs: null })).toMatchObject({ legs: null, revision: 3 });
      expect(await animals.update(randomUUID(), { legs: 1 })).toBeUndefined();
      expect(await animals.delete(id, 2)).toBe(false);
      expect(await animals.delete(id, 3)).toBe(true);
      expect(await animals.delete(id)).toBe(false);
    });

    it('finds and sorts by id and revision like by any other field', async () => {
      const flock = store.collection({ name: 'flock', unique: [], indexes: [['revision']] });
      for (const id of ['c', 'a', 'b']) await flock.insert({ ...animal(id, {}), id });
      await flock.update('a', { legs: 2 });
      const ids = async (field: string, after: Find['after'], ...where: Condition[]) => {
        const sort = { field, descending: false };
        return (await flock.find({ where, sort, after, limit: 10 })).map(({ id }) => id);
      };
      expect(await ids('id', undefined)).toEqual(['a', 'b', 'c']);
      expect(await ids('id', { value: 'a', id: 'a' })).toEqual(['b', 'c']);
      expect(await ids('revision', { value: 1, id: 'b' })).toEqual(['c', 'a']);
      expect(await ids('id', undefined, { field: 'id', operator: 'in', value: ['c', 'b', 'x'] })).toEqual([
        'b',
        'c',
      ]);
      expect(await ids('id', undefined, { field: 'revision', operator: 'gt', value: 1 })).toEqual(['a']);
    });

    it('lets one of many that change the same revision win', async () => {
      const { id } = await inserted('gnu 2', { legs: 0 });
      const changes = await Promise.all([1, 2, 3, 4, 5].map((legs) => animals.update(id, { legs }, 1)));
      expect(changes.filter((document) => document !== undefined)).toHaveLength(1);
      expect(await animals.get(id)).toMatchObject({ revision: 2 });
    });

    it('names the fields of a duplicate, of an insert and of an update', async () => {
      const first = await inserted('owl 1', {});
      const second = await inserted('owl 2', {});
      const again = { ...animal('owl 3', {}), id: first.id };
      await expect(animals.insert(again)).rejects.toMatchObject({ name: 'DuplicateError', fields: ['id'] });
      await expect(animals.update(second.id, { name: 'owl 1' })).rejects.toMatchObject({
        name: 'DuplicateError',
        fields: ['name'],
      });
      expect(await animals.get(second.id)).toMatchObject({ name: 'owl 2', revision: 1 });
    });

    it('commits all of a transaction, which alone sees it before', async () => {
      const [one, two] = [animal('yak 1', {}), animal('yak 2', {})];
      const seen = await store.transaction(async (tx) => {
        // At once: a transaction takes its calls one after the other.
        await Promise.all([
          animals.insert(one, tx),
          animals.insert(two, tx),
          animals.update(one.id, { legs: 4 }, 1, tx),
        ]);
        return [await animals.get(one.id, tx), await animals.get(one.id)];
      });
      expect(seen).toMatchObject([{ name: 'yak 1', legs: 4, revision: 2 }, undefined]);
      expect(await animals.get(two.id)).toMatchObject({ name: 'yak 2' });
    });

    it('commits nothing of a transaction that fails', async () => {
      const [one, two] = [animal('emu 1', {}), animal('emu 1', {})];
      const failing = store.transaction(async (tx) => {
        await animals.insert(one, tx);
        await animals.insert(two, tx);
      });
      await expect(failing).rejects.toMatchObject({ name: 'DuplicateError', fields: ['name'] });
      const thrown = store.transaction(async (tx) => {
        await animals.insert(one, tx);
        throw new Error('changed my mind');
      });
      await expect(thrown).rejects.toThrow('changed my mind');
      expect(await animals.get(one.id)).toBeUndefined();
    });

    it('makes a collection that many transactions are the first to use', async () => {
      const crowd = store.collection({ name: 'crowd', unique: [['name']], indexes: [['legs']] });
      const members = Array.from({ length: 30 }, (_, legs) => animal(`member ${legs}`, { legs }));
      await Promise.all(members.map((member) => store.transaction((tx) => crowd.insert(member, tx))));
      const sort = { field: 'legs', descending: false };
      expect(await crowd.find({ where: [], sort, after: undefined, limit: 100 })).toEqual(members);
    });

    it('makes its indexes once when replicas begin together, also on a collection with data', async () => {
      const replicas = await Promise.all(
        [1, 2, 3, 4].map(() => openDocuments(url(), portOptions(undefined, adapters))),
      );
      const plain = { name: 'herd', unique: [], indexes: [] };
      const herd = (replica: DocumentStore, definition: CollectionDefinition) =>
        replica.collection(definition).ensure();
      await Promise.all(replicas.map((replica) => herd(replica, plain)));
      await store.collection(plain).insert(animal('first', { place: 1 }));
      await Promise.all(replicas.map((replica) => replica.close()));
      const next = await Promise.all(
        [1, 2, 3, 4].map(() => openDocuments(url(), portOptions(undefined, adapters))),
      );
      const more = { ...plain, unique: [['place']], indexes: [['legs'], ['place', 'legs']] };
      await Promise.all(next.map((replica) => herd(replica, more)));
      await expect(next[0]?.collection(more).insert(animal('second', { place: 1 }))).rejects.toMatchObject({
        fields: ['place'],
      });
      await Promise.all(next.map((replica) => replica.close()));
    });

    const inserted = async (title: string, fields: Record<string, unknown>): Promise<Document> => {
      const document = animal(title, fields);
      await animals.insert(document);
      return document;
    };

    it('treats values as values, whatever they look like', async () => {
      const title = `'; drop table animal; -- " $1 \\ \u2028`;
      await animals.insert(animal(title, {}));
      expect(await names({ field: 'name', operator: 'equal', value: title })).toEqual([title]);
    });

    it.each(['a.b', `a' or 'b`, '', '1a'])('refuses the field name %j', async (field) => {
      await expect(names({ field, operator: 'equal', value: 1 })).rejects.toThrow('not a field name');
    });

    it('refuses names of collections that databases would spell differently', () => {
      expect(() => store.collection({ name: 'Animal"', unique: [], indexes: [] })).toThrow(
        'not a name for a collection',
      );
    });
  });
}
