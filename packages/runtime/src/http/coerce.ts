/**
 * Path parameters, query strings and headers are text; schemas speak of numbers, booleans and lists. A coercer, compiled
 * from the schema, turns text into what the schema asks for, and leaves anything that does not fit for the schema to refuse.
 */
import type { z } from 'zod';

type Convert = (text: string) => unknown;
interface Coercer {
  readonly convert: Convert;
  readonly list: boolean;
}

/** Keys that need nothing are absent. */
export type Coercers = ReadonlyMap<string, Coercer>;

const same: Convert = (text) => text;
const toNumber: Convert = (text) => (/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : text);
const toBoolean: Convert = (text) => (text === 'true' ? true : text === 'false' ? false : text);

export function coercersOf(schema: z.ZodType | undefined): Coercers {
  const coercers = new Map<string, Coercer>();
  const object = schema === undefined ? undefined : unwrap(schema);
  if (object?.type !== 'object') return coercers;
  for (const [key, property] of Object.entries(object.shape as Record<string, z.ZodType>)) {
    const inner = unwrap(property);
    const list = inner.type === 'array';
    const convert = converter(list ? unwrap(inner.element as z.ZodType) : inner);
    if (list || convert !== same) coercers.set(key, { convert, list });
  }
  return coercers;
}

/**
 * `values` is changed in place. A list may come as repeated keys, or as one value with commas.
 * @param spaced Spaces around what is in a list mean nothing: in headers, repeated ones of which Node joins with ', '.
 */
export function coerce(
  values: Record<string, unknown>,
  coercers: Coercers,
  spaced = false,
): Record<string, unknown> {
  for (const [key, { convert, list }] of coercers) {
    const value = values[key];
    if (value === undefined) continue;
    if (list) {
      const items = Array.isArray(value) ? (value as string[]) : (value as string).split(',');
      values[key] = items.map((item) => convert(spaced ? item.trim() : item));
    } else if (typeof value === 'string') {
      values[key] = convert(value);
    }
  }
  return values;
}

interface Definition {
  readonly type: string;
  readonly [key: string]: unknown;
}

function converter(definition: Definition): Convert {
  switch (definition.type) {
    case 'number':
    case 'int':
      return toNumber;
    case 'boolean':
      return toBoolean;
    case 'literal': {
      const values = definition['values'] as readonly unknown[];
      if (values.every((value) => typeof value === 'number')) return toNumber;
      return values.every((value) => typeof value === 'boolean') ? toBoolean : same;
    }
    default:
      return same;
  }
}

/** What is inside of optional, nullable, default, readonly, and before a transformation. */
function unwrap(schema: z.ZodType): Definition {
  const definition = schema._zod.def as unknown as Definition;
  switch (definition.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'catch':
    case 'nonoptional':
    case 'readonly':
      return unwrap(definition['innerType'] as z.ZodType);
    case 'pipe':
      return unwrap(definition['in'] as z.ZodType);
    default:
      return definition;
  }
}
