import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { projectionOf } from './projection.ts';

const Inner = z.object({ a: z.int() });
interface Tree {
  name: string;
  children?: Tree[] | undefined;
}
const Tree: z.ZodType<Tree> = z.object({
  name: z.string(),
  get children() {
    return z.array(Tree).optional();
  },
});

describe('only declared properties pass', () => {
  it.each<[string, z.ZodType, unknown, unknown]>([
    ['in an object', Inner, { a: 1, b: 2 }, { a: 1 }],
    ['in a list', z.array(Inner), [{ a: 1, b: 2 }], [{ a: 1 }]],
    [
      'below optional and nullable',
      z.object({ x: Inner.nullable().optional() }),
      { x: { a: 1, b: 2 } },
      { x: { a: 1 } },
    ],
    ['null', Inner.nullable(), null, null],
    ['null instead of a union', z.union([Inner, z.array(z.int())]).nullable(), null, null],
    ['in values of a record', z.record(z.string(), Inner), { k: { a: 1, b: 2 } }, { k: { a: 1 } }],
    [
      'in a union',
      z.discriminatedUnion('t', [
        z.object({ t: z.literal('x'), a: z.int() }),
        z.object({ t: z.literal('y') }),
      ]),
      { t: 'y', a: 1 },
      { t: 'y' },
    ],
    [
      'in a tree',
      Tree,
      { name: 'r', s: 1, children: [{ name: 'c', s: 1 }] },
      { name: 'r', children: [{ name: 'c' }] },
    ],
    [
      'but everything where the schema says so',
      z.looseObject({ a: z.int() }),
      { a: 1, b: 2 },
      { a: 1, b: 2 },
    ],
    ['and free JSON as it is', z.object({ data: z.unknown() }), { data: { x: [1] } }, { data: { x: [1] } }],
  ])('%s', (_, schema, value, expected) => {
    const project = projectionOf(schema) ?? ((same: unknown) => same);
    expect(project(value)).toEqual(expected);
  });

  it('an absent property is what the schema says by default, as tests and the documentation have it', () => {
    const schema = z.object({
      tags: z.array(z.string()).default([]),
      inner: Inner.default({ a: 7 }).readonly(),
      note: z.string().optional(),
    });
    const absent = { tags: [], inner: { a: 7 } };
    expect(projectionOf(schema)?.({})).toEqual(absent);
    expect(schema.parse({})).toEqual(absent);
    expect(projectionOf(schema)?.({ tags: ['x'], inner: { a: 1, b: 2 }, note: '' })).toEqual({
      tags: ['x'],
      inner: { a: 1 },
      note: '',
    });
  });

  it('what fits no part of a union does not pass at all', () => {
    expect(() => projectionOf(z.union([Inner, z.string()]))?.({ b: 'secret' })).toThrow(
      'does not fit its union schema',
    );
  });

  it('scalars need no copy', () => {
    expect(projectionOf(z.string())).toBeUndefined();
    expect(projectionOf(z.array(z.int()))).toBeUndefined();
  });
});
