/** Values that a JSON Schema admits, for the part of it that our documents use; and values that it need not admit. */
import fc, { type Arbitrary } from 'fast-check';

export type Json = Readonly<Record<string, unknown>>;

/** No store keeps a NUL in a text; every service refuses it with 400. */
const character = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...'abcXYZ019 _-.,;:/?&%"\'\\<>') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('é', '\u0301', '漢', '🏡', '\u0001', '\u200d', '\u202e', '\uffff'),
  },
);
const json = fc.jsonValue({ maxDepth: 3 }).filter((value) => !JSON.stringify(value).includes('\\u0000'));

/** Integers of each number of digits are as likely as those of another, and bounds likelier still. */
const between = (minimum: number, maximum: number): Arbitrary<number> =>
  fc.oneof(
    fc.constantFrom(minimum, maximum),
    fc.integer({
      min: Math.max(minimum, -1_000),
      max: Math.min(maximum, 1_000) < minimum ? maximum : Math.max(Math.min(maximum, 1_000), minimum),
    }),
    fc.maxSafeInteger().filter((value) => value >= minimum && value <= maximum),
  );

/** @param components Where `#/components/schemas/…` leads to. */
export function admitted(schema: Json, components: Json): Arbitrary<unknown> {
  const inner = (one: unknown): Arbitrary<unknown> => admitted(one as Json, components);
  const reference = schema['$ref'];
  if (typeof reference === 'string')
    return inner(components[reference.slice(reference.lastIndexOf('/') + 1)]);
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  const forms = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(forms)) return fc.oneof(...forms.map(inner));
  switch (schema['type']) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer': {
      const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = schema as Record<
        string,
        number
      >;
      return between(minimum, maximum);
    }
    case 'number': {
      const { minimum: min, maximum: max } = schema as Record<string, number | undefined>;
      return fc.double({
        noNaN: true,
        noDefaultInfinity: true,
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
      });
    }
    case 'string':
      return string(schema);
    case 'array': {
      const { minItems: minLength = 0, maxItems = 5 } = schema as Record<string, number>;
      return fc.array(inner(schema['items']), { minLength, maxLength: Math.min(maxItems, minLength + 4) });
    }
    case 'object':
      return object(schema, inner);
    default:
      return json;
  }
}

const twoDigits = (number: number): string => String(number).padStart(2, '0');

function string({ format, pattern, minLength = 0, maxLength = 60 }: Json): Arbitrary<string> {
  switch (format) {
    case 'uuid':
      return fc.uuid({ version: [4, 7] });
    case 'date':
      return fc.constantFrom('0001-01-01', '1999-12-31', '2000-02-29', '2027-05-31', '9999-12-31');
    case 'date-time':
      // An offset leads out of the years from 1 to 9999, which the service refuses, at their ends only.
      return fc
        .tuple(
          fc.tuple(
            fc.integer({ min: 2, max: 9998 }),
            fc.integer({ min: 1, max: 12 }),
            fc.integer({ min: 1, max: 28 }),
          ),
          fc.tuple(
            fc.integer({ min: 0, max: 23 }),
            fc.integer({ min: 0, max: 59 }),
            fc.integer({ min: 0, max: 59 }),
          ),
          fc.constantFrom('', '.1', '.123', '.123456', '.9999999999'),
          fc.constantFrom('Z', '+00:00', '-23:59', '+05:30'),
        )
        .map(([[year, ...days], time, fraction, offset]) => {
          const date = [String(year).padStart(4, '0'), ...days.map(twoDigits)].join('-');
          return `${date}T${time.map(twoDigits).join(':')}${fraction}${offset}`;
        });
    case 'email':
      return fc.emailAddress().filter((address) => /^[a-z0-9]+@[a-z0-9.-]+$/i.test(address));
    case 'uri':
      return fc.webUrl({ validSchemes: ['http', 'https'], withQueryParameters: true });
  }
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern));
  const [min, max] = [Number(minLength), Number(maxLength)];
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc.string({ unit: character, minLength: min, maxLength: Math.min(max, min + 30) }),
    },
    // As long as it may be, in characters of four bytes and two units each.
    { weight: 1, arbitrary: fc.constant('🏡'.repeat(Math.min(max, 2_000))) },
  );
}

function object(schema: Json, inner: (schema: unknown) => Arbitrary<unknown>): Arbitrary<unknown> {
  const properties = (schema['properties'] ?? {}) as Json;
  const names = Object.keys(properties);
  if (names.length === 0)
    return fc.dictionary(fc.string({ unit: character, minLength: 1, maxLength: 8 }), json, { maxKeys: 3 });
  const requiredKeys = (schema['required'] ?? []) as string[];
  return fc
    .record(Object.fromEntries(names.map((name) => [name, inner(properties[name])])), { requiredKeys })
    .filter((value) => Object.keys(value).length >= Number(schema['minProperties'] ?? 0));
}

/** The value with something done to it: mostly it is not admitted any more; a validator has to say. */
export function spoiled(value: unknown): Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return json;
  const names = Object.keys(value);
  const edit = (change: (copy: Record<string, unknown>) => void): unknown => {
    const copy = { ...value } as Record<string, unknown>;
    change(copy);
    return copy;
  };
  const odd = fc.oneof(
    json,
    fc.constantFrom(null, '', ' ', [], {}, [null], -1, 0.5, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 1e300, true),
    fc.constantFrom(
      'x'.repeat(20_001),
      '🏡'.repeat(20_001),
      '0000-01-01',
      '2026-02-30',
      '0000-01-01T00:00:00Z',
    ),
    fc.constantFrom('9999-12-31T24:00:00Z', '2016-12-31T23:59:60Z'),
    fc.constantFrom(
      Array(101).fill('a'),
      Array(101).fill(1),
      'javascript:alert(1)',
      'ftp://example.com',
      "';drop table thing;--",
    ),
  );
  return fc.oneof(
    json,
    fc
      .tuple(fc.constantFrom('surprise', '__proto__', 'constructor', 'id', 'revision', 'createdAt'), json)
      .map(([name, extra]) =>
        edit((copy) =>
          Object.defineProperty(copy, name, {
            value: extra,
            enumerable: true,
            configurable: true,
            writable: true,
          }),
        ),
      ),
    ...(names.length === 0
      ? []
      : [
          fc.constantFrom(...names).map((name) => edit((copy) => delete copy[name])),
          fc
            .tuple(fc.constantFrom(...names), odd)
            .map(([name, other]) => edit((copy) => (copy[name] = other))),
          fc
            .tuple(fc.constantFrom(...names), odd)
            .map(([name, other]) => edit((copy) => (copy[name] = [other]))),
        ]),
  );
}
