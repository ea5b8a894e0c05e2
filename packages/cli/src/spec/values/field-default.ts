/** The default of a field: read from the short form, and held to the same rules as what clients send. */
import { field } from '@hometrip/runtime/fields';
import { z } from 'zod';
import type { FieldSpec, FieldTypeSpec } from './field.ts';
import { emailLength, int32, isBigInt, listLength, textLength, urlLength } from './field-limits.ts';
import { type Parsed, parsed, refused } from './parsed.ts';

/** In the short form a default is text; lists and json are written as JSON. */
export function defaultFromText(field: FieldSpec, text: string): unknown {
  if (field.list || field.type.kind === 'json') {
    try {
      return JSON.parse(text);
    } catch {
      return new Unreadable(text);
    }
  }
  if (field.type.kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  const numeric = field.type.kind === 'int' || field.type.kind === 'number' || field.type.kind === 'money';
  if (numeric) return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  return /^"(.*)"$/s.exec(text)?.[1] ?? text;
}

/** A default that is no JSON; stands for itself in the message. */
class Unreadable {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** The field with this default, if the type allows it. */
export function withDefault(declared: FieldSpec, value: unknown): Parsed<FieldSpec> {
  const { type, list } = declared;
  if (type.kind === 'user' || type.kind === 'reference') {
    return refused(
      `a field of type ${type.kind === 'reference' ? type.entity : type.kind} has no default`,
      'the id comes with the request',
    );
  }
  const one = schemaOf(type);
  const result = (list ? z.array(one).max(listLength) : one).safeParse(value);
  // As services hand it on: an instant in UTC.
  if (result.success) return parsed({ ...declared, default: result.data });
  return refused(
    `the default ${shown(value)} is not ${describeType(declared)}`,
    list ? 'write a JSON list: []' : 'write a value that the type allows',
  );
}

function shown(value: unknown): string {
  const text = value instanceof Unreadable ? value.text : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** What generated services accept for a field of this type; here an empty text is a fine default, though. */
function schemaOf(type: FieldTypeSpec): z.ZodType {
  switch (type.kind) {
    case 'string':
      return field.text(type.maxLength, 0);
    case 'text':
      return field.text(textLength, 0);
    case 'boolean':
      return z.boolean();
    case 'int': {
      const { min, max } = isBigInt(type) ? { min: undefined, max: undefined } : int32;
      return z
        .int()
        .min(type.min ?? min ?? -Infinity)
        .max(type.max ?? max ?? Infinity);
    }
    case 'number':
      return z
        .number()
        .min(type.min ?? -Infinity)
        .max(type.max ?? Infinity);
    case 'money':
      return z.int().min(0);
    case 'enum':
      return z.enum(type.values);
    case 'currency':
      return z.string().regex(/^[A-Z]{3}$/);
    case 'date':
      return field.day();
    case 'datetime':
      return field.instant();
    case 'email':
      return z.email().max(emailLength);
    case 'url':
      return field.webAddress();
    case 'json':
      return z.union([
        z.record(z.string(), z.unknown()).refine((value) => !((value as unknown) instanceof Unreadable)),
        z.array(z.unknown()),
      ]);
    case 'uuid':
    case 'user':
    case 'reference':
      return z.uuid();
  }
}

function describeType({ type, list }: FieldSpec): string {
  const one = describeOne(type);
  return list ? `a list of up to ${listLength}, each ${one}` : one;
}

function describeOne(type: FieldTypeSpec): string {
  switch (type.kind) {
    case 'string':
      return `a string of up to ${type.maxLength} characters`;
    case 'text':
      return `a text of up to ${textLength.toLocaleString('en')} characters`;
    case 'enum':
      return `one of ${type.values.join(', ')}`;
    case 'int': {
      const { min, max } = isBigInt(type) ? { min: undefined, max: undefined } : int32;
      return `a whole number${range(type.min ?? min, type.max ?? max)}`;
    }
    case 'number':
      return `a number${range(type.min, type.max)}`;
    case 'money':
      return 'money in minor units, a whole number from 0';
    case 'currency':
      return 'a currency of three capital letters';
    case 'boolean':
      return 'true or false';
    case 'date':
      return 'a day: 2027-05-31';
    case 'datetime':
      return 'an instant in UTC: 2027-05-31T12:00:00Z';
    case 'url':
      return `an address that starts with https:// or http://, of up to ${urlLength} characters`;
    case 'json':
      return 'a JSON object or list';
    default:
      return `a value of type ${type.kind}`;
  }
}

const range = (min: number | undefined, max: number | undefined): string =>
  `${min === undefined ? '' : ` from ${min}`}${max === undefined ? '' : ` up to ${max}`}`;
