/** Valid values of fields, as TypeScript expressions, for the generated tests. */
import type { Field, FieldType } from '../../../model/stack.ts';
import { int32, isBigInt } from '../../../spec/values/field-limits.ts';
import { literal } from '../schema/chain.ts';
import { capitalised, inWords } from '../source.ts';

/** @param counter Of a field whose values have to differ: an expression that counts. */
export function sample(field: Field, counter?: string): string {
  const one = counter === undefined ? plain(field) : counted(field, counter);
  return field.list ? `[${one}]` : one;
}

/** Another valid value than `sample` gives, for updates; undefined where there is only one. */
export function otherSample(field: Field): string | undefined {
  const one = other(field.type);
  return one === undefined || !field.list ? one : `[${one}]`;
}

/** How many different values `sample` has for a field. */
export function capacity({ type }: Field): number {
  switch (type.kind) {
    case 'boolean':
      return 2;
    case 'enum':
      return type.values.length;
    case 'int': {
      const { min, max } = bounds(type);
      return max - min + 1;
    }
    case 'number':
      return type.min !== undefined && type.min === type.max ? 1 : Infinity;
    case 'string':
      return type.maxLength < 3 ? 36 ** type.maxLength : Infinity;
    case 'currency':
      return 26 ** 2;
    default:
      return Infinity;
  }
}

/** No test file makes that many records, so that nothing has to begin again. */
const plenty = 100;
const modulo = (counter: string, count: number): string =>
  /^(\w+|Math\.floor\(.*\))$/.test(counter) ? `${counter} % ${count}` : `(${counter}) % ${count}`;

function plain({ name, type }: Field): string {
  switch (type.kind) {
    case 'string':
    case 'text':
      return literal(capitalised(inWords(name)).slice(0, type.kind === 'string' ? type.maxLength : 100));
    case 'boolean':
      return 'true';
    case 'uuid':
    case 'user':
    case 'reference':
      return 'crypto.randomUUID()';
    case 'date':
      return "'2026-07-01'";
    case 'datetime':
      return "'2026-07-01T10:00:00.000Z'";
    case 'email':
      return "'someone@example.com'";
    case 'url':
      return "'https://example.com/1'";
    case 'money':
      return '12_000';
    case 'currency':
      return "'USD'";
    case 'json':
      return "{ note: 'any JSON' }";
    case 'enum':
      return literal(type.values[0]);
    case 'int':
    case 'number':
      return literal(nearestToOne(type));
  }
}

/** A value for each number that the counter counts to; where there are few of them, they come again. */
function counted(field: Field, counter: string): string {
  const { name, type } = field;
  const few = capacity(field);
  switch (type.kind) {
    case 'string':
    case 'text': {
      const length = type.kind === 'string' ? type.maxLength : 100;
      const text = capitalised(inWords(name));
      if (few < plenty) return `(${modulo(counter, few)}).toString(36)`;
      if (length < 3) return `(${counter}).toString(36)`.replace(/^\((\w+)\)/, '$1');
      return text.length + 4 <= length ? `\`${text} \${${counter}}\`` : `String(${counter})`;
    }
    case 'boolean':
      return `${modulo(counter, 2)} === 0`;
    case 'date':
      return `new Date(Date.UTC(2026, 6, ${counter})).toISOString().slice(0, 10)`;
    case 'datetime':
      return `new Date(Date.UTC(2026, 6, ${counter})).toISOString()`;
    case 'email':
      return `\`someone\${${counter}}@example.com\``;
    case 'url':
      return `\`https://example.com/\${${counter}}\``;
    case 'money':
      return `${factor(counter)} * 100`;
    case 'currency':
      return `\`X\${String.fromCharCode(65 + (${modulo(counter, 26)}), 65 + Math.floor(${factor(counter)} / 26))}\``;
    case 'enum':
      return type.values.length === 1
        ? literal(type.values[0])
        : `${literal(type.values)}[${modulo(counter, few)}]`;
    case 'int': {
      const { min, max } = bounds(type);
      if (few < plenty) return few === 1 ? literal(min) : sum(min, modulo(counter, few));
      const first = nearestToOne(type);
      if (max - first >= plenty) return sum(first, counter);
      return first - min >= plenty ? `${literal(first)} - ${factor(counter)}` : sum(min, counter);
    }
    case 'number': {
      const first = nearestToOne(type);
      const room = Math.max((type.max ?? Infinity) - first, first - (type.min ?? -Infinity));
      const step = room >= plenty ? counter : `${factor(counter)} * ${literal(fraction(room))}`;
      if (few === 1) return literal(first);
      return (type.max ?? Infinity) - first === room ? sum(first, step) : `${literal(first)} - ${step}`;
    }
    default:
      return plain(field);
  }
}

const sum = (first: number, rest: string): string =>
  first === 0 ? rest : `${literal(first)} + ${/ % /.test(rest) ? `(${rest})` : rest}`;
const factor = (counter: string): string => (/^[\w.()]+$/.test(counter) ? counter : `(${counter})`);
/** A power of ten of which a hundred fit. */
const fraction = (room: number): number => Number(`1e${Math.floor(Math.log10(room / plenty))}`);

type Range = Extract<FieldType, { min: unknown }>;

/** What the service takes: an int without bounds is one of 32 bits. */
function bounds(type: Range): { min: number; max: number } {
  const widest = isBigInt(type) ? { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER } : int32;
  return { min: type.min ?? widest.min, max: type.max ?? widest.max };
}

const nearestToOne = ({ min, max }: { min: number | undefined; max: number | undefined }): number =>
  Math.max(min ?? -Infinity, Math.min(max ?? Infinity, 1));

function other(type: FieldType): string | undefined {
  switch (type.kind) {
    case 'string':
    case 'text':
      return literal('Changed'.slice(0, type.kind === 'string' ? type.maxLength : 7));
    case 'boolean':
      return 'false';
    case 'uuid':
    case 'user':
      return 'crypto.randomUUID()';
    case 'date':
      return "'2026-08-15'";
    case 'datetime':
      return "'2026-08-15T12:30:00.000Z'";
    case 'email':
      return "'changed@example.com'";
    case 'url':
      return "'https://example.com/changed'";
    case 'money':
      return '15_000';
    case 'currency':
      return "'GBP'";
    case 'json':
      return "{ note: 'changed' }";
    case 'enum':
      return type.values[1] === undefined ? undefined : literal(type.values[1]);
    case 'int': {
      const first = nearestToOne(type);
      return first + 1 <= bounds(type).max ? literal(first + 1) : undefined;
    }
    case 'number': {
      const first = nearestToOne(type);
      return type.max === undefined || first + 1 <= type.max ? literal(first + 1) : undefined;
    }
    case 'reference':
      return undefined;
  }
}
