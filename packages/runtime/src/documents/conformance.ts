/** What every document store must pass, beside the repository's suite that runs on top of it. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { portOptions } from '../testing/port-options.ts';
import {
  type Condition,
  type Document,
  type DocumentCollection,
  type DocumentStore,
  DuplicateError,
  openDocuments,
} from './index.ts';

export function testDocuments(name: string, url: () => URL): void {
  describe(`${name} as a document store`, () => {
    let store: DocumentStore;
    let animals: DocumentCollection;
    beforeAll(async () => {
      store = await openDocuments(url(), portOptions());
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

    it('treats values as values, whatever they look like', async () => {
      const title = `'; drop table animal; -- " $1 \\ \u2028`;
      await animals.insert(animal(title, {}));
      expect(await names({ field: 'name', operator: 'equal', value: title })).toEqual([title]);
    });

    it.each(['a.b', `a' or 'b`, '', '1a'])('refuses the field name %j', async (field) => {
      await expect(names({ field, operator: 'equal', value: 1 })).rejects.toThrow('no field name');
    });

    it('refuses names of collections that databases would spell differently', () => {
      expect(() => store.collection({ name: 'Animal"', unique: [], indexes: [] })).toThrow(
        'no name for a collection',
      );
    });
  });
}
