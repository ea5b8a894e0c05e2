import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Addition, applyEdits, editsFor } from './insert.ts';
import { documents, type Tree } from './layouts.fixture.ts';
import type { Json } from './render.ts';

const RUNS = Number(process.env['HOMETRIP_PROPERTY_RUNS'] ?? 400);

const values = fc.oneof<fc.Arbitrary<Json>[]>(
  fc.constant({}),
  fc.constant({ port: 4001, uses: ['redis'], entities: { order: { tags: 'uuid[]', total: 'money = 0' } } }),
  fc.constant({ orderId: 'uuid', note: 'text?', status: 'enum(a, b) = a', default: '' }),
  fc.constant(Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`field${index}`, 'string(200)']))),
);

interface Wish {
  readonly data: Tree;
  readonly text: string;
  readonly addition: Addition;
}

/** Into a mapping or list that is there, at any depth, or below one that is not. */
const wishes: fc.Arbitrary<Wish> = documents.chain(({ data, text }) =>
  fc
    .record({
      to: fc.constantFrom(...placesIn(data)),
      value: values,
      levels: fc.nat(3),
      below: fc.constantFrom<readonly string[]>([], ['more']),
    })
    .map(({ to, value, levels, below }) => {
      const append = Array.isArray(at(data, to));
      return {
        data,
        text,
        addition: append
          ? { path: to, value: 'order.created', append, levels: 0 }
          : { path: [...to, 'added-one', ...below], value, levels },
      } as Wish;
    }),
);

it('an addition changes the data by itself alone, and the text by nothing but the addition', () => {
  fc.assert(
    fc.property(wishes, ({ data, text, addition }) => {
      expect(parse(text)).toEqual(data);
      const edits = editsFor(text, addition);
      const result = applyEdits(text, edits);
      expect(parse(result)).toEqual(withAddition(data, addition));
      for (const { start, end } of edits) expect(text.slice(start, end).trim()).toMatch(/^(\{\s*\})?$/);
      expect(isSubsequence(edits.some(({ start, end }) => start < end) ? [] : [...text], [...result])).toBe(
        true,
      );
      const alone = /[^\r]\n/;
      if (text.includes('\r\n')) expect(result).not.toMatch(alone);
      else expect(result).not.toContain('\r');
    }),
    { numRuns: RUNS },
  );
});

it('adding twice gives both', () => {
  fc.assert(
    fc.property(wishes, ({ data, text, addition }) => {
      const second: Addition = { path: ['another', 'one'], value: { x: 1 }, levels: 1 };
      const once = applyEdits(text, editsFor(text, addition));
      const twice = applyEdits(once, editsFor(once, second));
      expect(parse(twice)).toEqual(withAddition(withAddition(data, addition), second));
    }),
    { numRuns: RUNS },
  );
});

function placesIn(value: Json, path: readonly string[] = []): (readonly string[])[] {
  if (Array.isArray(value)) return [path];
  if (typeof value !== 'object' || value === null) return [];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]))];
}

const at = (data: Json, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((inner, key) => (inner as Record<string, Json> | undefined)?.[key], data);

function withAddition(data: Json, { path, value, append }: Addition): Json {
  const copy = structuredClone(data) as Record<string, Json>;
  const last = path.at(-1) ?? '';
  const parent = path
    .slice(0, -1)
    .reduce<Record<string, Json>>((inner, key) => (inner[key] ??= {}) as Record<string, Json>, copy);
  parent[last] = append ? [...(parent[last] as Json[]), value] : value;
  return copy;
}

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const one of whole) if (one === part[at]) at++;
  return at === part.length;
}
