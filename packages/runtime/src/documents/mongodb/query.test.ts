import { expect, it } from 'vitest';
import type { Find } from '../port.ts';
import { parts } from './query.ts';

const find = (descending: boolean, after?: Find['after']) =>
  parts({ where: [], sort: { field: 'legs', descending }, after, limit: 10 }).map(({ filter }) =>
    JSON.stringify(filter),
  );
const values = '{"$and":[{"legs":{"$ne":null}}]}';
const nulls = '{"$and":[{"legs":null}]}';

it('reads values before nulls, and the other way round descending', () => {
  expect(find(false)).toEqual([values, nulls]);
  expect(find(true)).toEqual([nulls, values]);
});

it('begins after a position, and skips the part that is before it', () => {
  expect(find(false, { value: 4, id: 'x' })).toEqual([
    '{"$and":[{"legs":{"$ne":null}},{"legs":{"$gte":4},"$or":[{"legs":{"$gt":4}},{"_id":{"$gt":"x"}}]}]}',
    nulls,
  ]);
  expect(find(true, { value: 4, id: 'x' })).toEqual([
    '{"$and":[{"legs":{"$ne":null}},{"legs":{"$lte":4},"$or":[{"legs":{"$lt":4}},{"_id":{"$lt":"x"}}]}]}',
  ]);
  expect(find(false, { value: null, id: 'x' })).toEqual(['{"$and":[{"legs":null},{"_id":{"$gt":"x"}}]}']);
  expect(find(true, { value: null, id: 'x' })).toEqual([
    '{"$and":[{"legs":null},{"_id":{"$lt":"x"}}]}',
    values,
  ]);
});

it('sorts by the id alone, which is never null', () => {
  const byId = { where: [], sort: { field: 'id', descending: true }, limit: 10 };
  expect(parts({ ...byId, after: undefined })).toEqual([{ filter: {}, sort: { _id: -1 } }]);
  expect(parts({ ...byId, after: { value: 'x', id: 'x' } })).toEqual([
    { filter: { $and: [{ _id: { $lt: 'x' } }] }, sort: { _id: -1 } },
  ]);
});
