/** Lists over values that nobody would think of, read in pages while others write: what every store must do alike. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Place } from './conformance.ts';
import type { Repository } from './port.ts';

type Field = 'title' | 'rating' | 'opens' | 'createdAt';
type Row = Pick<Place, 'title' | 'rating' | 'opens'>;

/** Ties, what collations hold for equal, what begins alike for longer than a cursor, and an index, holds. */
const titles = fc.oneof(
  fc.constantFrom(
    'a',
    'A',
    'á',
    'a\u0301',
    'Z',
    'z',
    'ß',
    'ss',
    '_',
    ' ',
    '\u0001',
    '\\x41',
    "'",
    '%',
    '\uffff',
    '🏡',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((text) => !text.includes('\0')),
  fc
    .tuple(
      fc.constantFrom('x', 'é', '漢', '🏡', '\u0001', '"'),
      fc.constantFrom(63, 64, 65, 200, 1_000),
      fc.nat(3),
    )
    .map(([character, length, tail]) => character.repeat(length) + '🏠'.repeat(tail)),
  // No two alike, so that nothing can be compressed: more than a row of an index holds.
  fc
    .nat(9)
    .map((seed) =>
      String.fromCodePoint(
        ...Array.from({ length: 1_000 }, (_, at) => 0x4e00 + ((at * 7919 + seed) % 20_000)),
      ),
    ),
);
const ratings = fc.oneof(
  fc.constantFrom(
    null,
    0,
    -0,
    0.1,
    0.1 + 0.2,
    0.3,
    1,
    -1,
    5e-324,
    1.7976931348623157e308,
    2 ** 53 - 1,
    -(2 ** 53 - 1),
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const days = fc.constantFrom(null, '0001-01-01', '1999-12-31', '2000-02-29', '2024-01-01', '9999-12-31');
const rows = fc.record<Row>({ title: titles, rating: ratings, opens: days });

const actions = fc.oneof(
  fc.record({ add: rows }),
  // Which of the rows, counted from where the page ended.
  fc.record({ remove: fc.nat(20) }),
);

/** @returns How many pages were read. */
export async function testPaging(places: Repository<Place>, numRuns: number): Promise<number> {
  let pages = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(rows, { minLength: 1, maxLength: 12 }),
      fc.constantFrom<Field>('title', 'rating', 'opens', 'createdAt'),
      fc.boolean(),
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.array(actions, { maxLength: 2 }), { maxLength: 4 }),
      async (given, field, descending, limit, meanwhile) => {
        // A mark that only these have; owners differ, since a title is unique for an owner.
        const mark = randomUUID();
        const add = (row: Row) =>
          places.insert({ ...row, owner: randomUUID(), amenities: [mark], address: null });
        const all = [];
        for (const row of given) all.push(await add(row));
        const expected = all
          .toSorted((a, b) => compare(a, b, field) * (descending ? -1 : 1))
          .map(({ id }) => id);
        const query = { sort: `${descending ? '-' : ''}${field}`, filters: { amenities: mark } };
        expect((await places.list({ ...query, limit: 1_000 })).items.map(({ id }) => id)).toEqual(expected);

        const removed = new Set<string>();
        const seen: string[] = [];
        let again = false;
        for (let cursor: string | null | undefined, turn = 0; cursor !== null; turn += 1) {
          const page = await places.list({ ...query, limit, cursor });
          pages += 1;
          expect(page.nextCursor?.length ?? 0).toBeLessThanOrEqual(1024);
          seen.push(...page.items.map(({ id }) => id));
          cursor = page.nextCursor;
          const last = page.items.at(-1);
          for (const action of meanwhile[turn] ?? []) {
            if ('add' in action) await add(action.add);
            else {
              const from = Math.max(0, expected.indexOf(last?.id ?? ''));
              const id = expected[(from + action.remove) % expected.length] as string;
              if (removed.has(id)) continue;
              await places.delete(id);
              removed.add(id);
              again ||= id === last?.id && field === 'title' && last.title.length > 64;
            }
          }
        }
        const kept = expected.filter((id) => !removed.has(id));
        const found = seen.filter((id) => kept.includes(id));
        // Once each and in order; where a long text at the end of a page went away, at least once.
        expect(again ? [...new Set(found)].sort() : found).toEqual(again ? kept.sort() : kept);
      },
    ),
    { numRuns },
  );
  return pages;
}

/** The one order of all stores: no value is more than any, texts go by code points, ties by id. */
function compare(a: Place, b: Place, field: Field): number {
  const [one, other] = [a[field], b[field]];
  return byValue(one, other) || byText(a.id, b.id);
}

function byValue(one: string | number | null, other: string | number | null): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return typeof one === 'string' ? byText(one, String(other)) : Math.sign(one - Number(other));
}

const byText = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));
