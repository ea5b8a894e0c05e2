import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { patchOf } from '../entity.ts';
import { listQuery } from './paging.ts';
import type { ProblemError } from './problem.ts';
import { parseFor, parsePart, type RequestPart } from './validate.ts';

const Body = z.strictObject({
  title: z.string().min(1).max(120),
  nights: z.int32().min(1).max(30),
  kind: z.enum(['apartment', 'house', 'boat']),
  tags: z.array(z.string().max(3)).max(2).default([]),
  note: z.string().nullable().default(null),
  address: z.strictObject({ city: z.string(), zip: z.string().optional() }).optional(),
  extra: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).optional(),
});
const valid = { title: 'Loft', nights: 2, kind: 'boat' };

const said = (part: RequestPart, schema: z.ZodType, value: unknown): readonly string[] =>
  (parseFor(part, schema, value).errors ?? []).map(
    ({ path, message, code }) => `${path} ${message} (${code})`,
  );

describe('what is wrong is said in English, with its path and a code', () => {
  it.each<[unknown, string]>([
    [{ ...valid, title: undefined }, 'body.title is required (required)'],
    [{ ...valid, kind: undefined }, 'body.kind is required (required)'],
    [{ ...valid, title: null }, 'body.title must be a string, not null (invalid_type)'],
    [{ ...valid, title: 7 }, 'body.title must be a string (invalid_type)'],
    [{ ...valid, title: '' }, 'body.title must not be empty (too_small)'],
    [{ ...valid, title: 'x'.repeat(121) }, 'body.title must have at most 120 characters (too_big)'],
    [{ ...valid, nights: 0 }, 'body.nights must be at least 1 (too_small)'],
    [{ ...valid, nights: 31 }, 'body.nights must be at most 30 (too_big)'],
    [{ ...valid, nights: 1.5 }, 'body.nights must be a whole number (invalid_type)'],
    [{ ...valid, nights: '2' }, 'body.nights must be a number (invalid_type)'],
    [
      { ...valid, kind: 'hous' },
      'body.kind must be one of apartment, house, boat; did you mean house? (invalid_value)',
    ],
    [{ ...valid, kind: 'castle' }, 'body.kind must be one of apartment, house, boat (invalid_value)'],
    [{ ...valid, tags: 'a' }, 'body.tags must be a list (invalid_type)'],
    [{ ...valid, tags: ['a', 'b', 'c'] }, 'body.tags must have at most 2 items (too_big)'],
    [{ ...valid, tags: ['a', 'long'] }, 'body.tags.1 must have at most 3 characters (too_big)'],
    [{ ...valid, titel: 'x' }, 'body.titel is not known; did you mean title? (unrecognized_keys)'],
    [
      { ...valid, surprise: 1 },
      'body.surprise is not known; there are: title, nights, kind, tags, note, address, extra (unrecognized_keys)',
    ],
    [{ ...valid, address: {} }, 'body.address.city is required (required)'],
    [
      { ...valid, address: { city: 'x', zipp: '1' } },
      'body.address.zipp is not known; did you mean zip? (unrecognized_keys)',
    ],
    [{ ...valid, extra: 1 }, 'body.extra must be an object or a list (invalid_union)'],
    ['text', 'body must be an object (invalid_type)'],
    [[], 'body must be an object (invalid_type)'],
    [undefined, 'body is required (required)'],
  ])('%j', (value, expected) => {
    expect(said('body', Body, value)).toEqual([expected]);
  });

  it.each<[z.ZodType, unknown, string]>([
    [z.email(), 'ada', 'must be an e-mail address such as ada@example.com (invalid_format)'],
    [z.uuid(), '7', 'must be a UUID such as 0197d0f0-0000-7000-8000-000000000001 (invalid_format)'],
    [z.url(), 'x', 'must be a URL such as https://example.com/page (invalid_format)'],
    [z.iso.date(), '2026-02-30', 'must be a day such as 2027-05-31 (invalid_format)'],
    [
      z.iso.datetime(),
      '2026-02-01',
      'must be an instant in UTC such as 2027-05-31T12:00:00Z (invalid_format)',
    ],
    [z.iso.time(), '25:00', 'must be a time of day such as 12:30:00 (invalid_format)'],
    [z.string().regex(/^[A-Z]{3}$/), 'eur', 'must match /^[A-Z]{3}$/ (invalid_format)'],
    [z.string().startsWith('a'), 'b', 'must start with "a" (invalid_format)'],
    [z.string().length(2), 'b', 'must have exactly 2 characters (too_small)'],
    [z.string().lowercase(), 'B', 'must be in lower case (invalid_format)'],
    [z.ipv4(), 'B', 'must be an IPv4 address (invalid_format)'],
    [z.number().gt(0), 0, 'must be more than 0 (too_small)'],
    [z.number().lt(1), 1, 'must be less than 1 (too_big)'],
    [z.number().multipleOf(5), 7, 'must be a multiple of 5 (not_multiple_of)'],
    [z.array(z.int()).min(1), [], 'must not be empty (too_small)'],
    [z.boolean(), 'yes', 'must be true or false (invalid_type)'],
    [z.literal('on'), 'off', 'must be on (invalid_value)'],
    [z.never(), 1, 'must be left out (invalid_type)'],
    [z.record(z.string().max(1), z.int()), { ab: 1 }, 'has a key that is not valid (invalid_key)'],
    [z.union([z.string(), z.int()]), true, 'must be a string or a number (invalid_union)'],
    [z.string().refine(() => false), 'x', 'is not valid (custom)'],
    [z.string('A title, please.'), 7, 'A title, please. (invalid_type)'],
    [patchOf(Body), {}, 'must have at least one property to change (custom)'],
    [
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('card') }),
        z.object({ type: z.literal('cash') }),
      ]),
      { type: 'gold' },
      'must be one of card, cash (invalid_union)',
    ],
  ])('%#', (schema, value, expected) => {
    const [line, ...more] = said('body', schema, value);
    expect([line?.slice(line.indexOf(' ') + 1), more]).toEqual([expected, []]);
  });

  it('tells what is wrong in the one form of a union that was meant', () => {
    const schema = z.union([z.strictObject({ from: z.iso.date(), to: z.iso.date() }), z.literal('any')]);
    expect(
      said('body', z.object({ when: schema }), { when: { from: '2026-01-01', too: '2026-01-02' } }),
    ).toEqual([
      'body.when.to is required (required)',
      'body.when.too is not known; did you mean to? (unrecognized_keys)',
    ]);
  });

  it('knows query parameters, with what they may be', () => {
    const query = listQuery({
      sortable: ['createdAt', 'title'],
      filters: z.object({ city: z.string().optional() }),
    });
    expect(said('query', query, { limit: 1_000, sort: 'titel', citty: 'x' })).toEqual([
      'query.limit must be at most 100 (too_big)',
      'query.sort must be one of createdAt, -createdAt, title, -title; did you mean title? (invalid_value)',
      'query.citty is not known; did you mean city? (unrecognized_keys)',
    ]);
  });

  it('says one reason in the detail, and several in the list', () => {
    const problem = (value: unknown): ProblemError => {
      try {
        parsePart('body', Body, value);
      } catch (error) {
        return error as ProblemError;
      }
      throw new Error('it was taken');
    };
    expect(problem({ ...valid, title: 7 })).toMatchObject({
      status: 422,
      detail: 'body.title must be a string.',
    });
    expect(problem({})).toMatchObject({ detail: 'Some values are not valid.', errors: { length: 3 } });
    expect(
      problem({
        ...valid,
        tags: Array(9).fill(1),
        ...Object.fromEntries(Array.from({ length: 90 }, (_, at) => [`k${at}`, 1])),
      }).errors,
    ).toHaveLength(50);
  });

  it('never speaks of the validator, whatever is sent', () => {
    fc.assert(
      fc.property(
        fc.anything({ withNullPrototype: true }),
        fc.dictionary(fc.constantFrom(...Object.keys(Body.shape), 'x'), fc.anything()),
        (one, two) => {
          for (const value of [one, two])
            for (const { path, message } of parseFor('body', Body, value).errors ?? []) {
              expect(message).toMatch(/^(is|must|has) /);
              expect(message).not.toMatch(/undefined|received|expected|invalid|zod/i);
              expect(path).toMatch(/^body/);
            }
        },
      ),
      { numRuns: 500 },
    );
  });
});
