/** Values that a field takes, and how they are compared: written from the language's reference, not from the generator. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Field } from '../../../packages/cli/src/model/stack.ts';

/** Texts as people and programs send them; NUL is in none, since no store keeps it. */
const unit = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'abcXYZ 019') },
  { weight: 2, arbitrary: fc.constantFrom(...'\'"\\%_$`{}<>&;:/?#@!~^|,.-+=()[]*') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('\n', '\t', 'é', 'ß', 'Ω', '日', '🙂', '\u202e', '\u00a0', '\u0301', '\ufeff'),
  },
);
const text = (most: number): fc.Arbitrary<string> =>
  fc.string({ unit, minLength: 1, maxLength: Math.min(most, 200) }).map((value) => cut(value, most));

/** By what databases and people count: code points. */
const cut = (value: string, most: number): string =>
  value.slice(0, most).replace(/[\ud800-\udbff]$/, 'x') || 'x';

export function valuesOf({ type, list }: Field): fc.Arbitrary<unknown> {
  const one = scalar(type);
  return list ? fc.array(one, { maxLength: 5 }) : one;
}

function scalar(type: Field['type']): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'string':
      return fc.oneof(
        { weight: 5, arbitrary: text(type.maxLength) },
        { weight: 1, arbitrary: fc.constant('x'.repeat(Math.min(type.maxLength, 2_000))) },
      );
    case 'text':
      return fc.oneof(
        { weight: 5, arbitrary: text(500) },
        { weight: 1, arbitrary: fc.constant('y '.repeat(5_000)) },
      );
    case 'boolean':
      return fc.boolean();
    case 'uuid':
    case 'user':
    case 'reference':
      return fc.constant(undefined).map(() => randomUUID());
    case 'date':
      return fc
        .date({
          min: new Date('0001-01-01T00:00:00Z'),
          max: new Date('9999-12-31T00:00:00Z'),
          noInvalidDate: true,
        })
        .map((date) => date.toISOString().slice(0, 10));
    case 'datetime':
      return fc
        .date({
          min: new Date('0001-01-01T00:00:00Z'),
          max: new Date('9999-12-31T00:00:00Z'),
          noInvalidDate: true,
        })
        .map((date) => date.toISOString());
    case 'email':
      return fc.nat({ max: 9_999 }).map((n) => `Some.Body+${n}@Example.com`);
    case 'url':
      return fc.nat({ max: 9_999 }).map((n) => `https://example.com/a%20b/${n}?q=1&r=%2F#top`);
    case 'money':
      return fc.oneof(fc.nat({ max: 100_000 }), fc.constant(Number.MAX_SAFE_INTEGER));
    case 'currency':
      return fc.string({ unit: fc.constantFrom(...'ABCDEFG'), minLength: 3, maxLength: 3 });
    case 'json':
      return fc.oneof(
        fc.dictionary(fc.constantFrom('a', 'b c', 'ü', '1'), fc.jsonValue({ maxDepth: 2 }).map(plainJson)),
        fc.array(fc.jsonValue({ maxDepth: 1 }).map(plainJson), { maxLength: 3 }),
      );
    case 'enum':
      return fc.constantFrom(...type.values);
    case 'int': {
      const wide = [type.min, type.max].some((bound) => bound !== undefined && Math.abs(bound) > 2 ** 31);
      const least = type.min ?? (wide ? Number.MIN_SAFE_INTEGER : -(2 ** 31));
      const most = type.max ?? (wide ? Number.MAX_SAFE_INTEGER : 2 ** 31 - 1);
      return fc.oneof(fc.constantFrom(least, most), fc.integer({ min: least, max: most }));
    }
    case 'number':
      return fc
        .double({ min: type.min ?? -1e12, max: type.max ?? 1e12, noNaN: true })
        .map((value) => (Object.is(value, -0) ? 0 : value));
  }
}

/** Without NUL, lone surrogates and minus zero, which are not to be had in every JSON store. */
const plainJson = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'string'
        ? inner.toWellFormed().replaceAll('\0', '')
        : Object.is(inner, -0)
          ? 0
          : inner,
    ).replaceAll('\\u0000', ''),
  );

/** What comes back for what was sent: instants may be written otherwise. */
export function same(field: Field, sent: unknown, got: unknown): boolean {
  return key(field, sent) === key(field, got);
}

/** Equal values have equal keys. */
export function key(field: Field, value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (field.list)
    return JSON.stringify((value as unknown[]).map((item) => key({ ...field, list: false }, item)));
  if (field.type.kind === 'datetime') return new Date(value as string).toISOString();
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, sorted(item)]),
  );
}

/** As the stores order values: texts by code points. */
export function compare(kind: string, a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (kind === 'datetime') return new Date(a as string).getTime() - new Date(b as string).getTime();
  const [left, right] = [[...String(a)], [...String(b)]];
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const difference = (left[index]?.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
