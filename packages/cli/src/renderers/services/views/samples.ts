/** Valid values of fields, as TypeScript expressions, for the generated tests. */
import type { Field, FieldType } from '../../../model/stack.ts';
import { literal } from '../schema/chain.ts';
import { capitalised, inWords } from '../source.ts';

/** @param unique Values made with the variable `n`, so that each body has others. */
export function sample(field: Field, unique: boolean): string {
  const one = scalar(field, field.type, unique);
  return field.list ? `[${one}]` : one;
}

/** Another valid value than `sample` gives, for updates; undefined where there is only one. */
export function otherSample(field: Field): string | undefined {
  const one = other(field.type);
  return one === undefined || !field.list ? one : `[${one}]`;
}

function scalar(field: Field, type: FieldType, unique: boolean): string {
  switch (type.kind) {
    case 'string':
    case 'text': {
      const length = type.kind === 'string' ? type.maxLength : 100;
      const text = capitalised(inWords(field.name));
      if (!unique) return literal(text.slice(0, length));
      return text.length + 4 <= length ? `\`${text} \${n}\`` : 'String(n)';
    }
    case 'boolean':
      return 'true';
    case 'uuid':
    case 'user':
    case 'reference':
      return 'randomUUID()';
    case 'date':
      return "'2026-07-01'";
    case 'datetime':
      return "'2026-07-01T10:00:00.000Z'";
    case 'email':
      return unique ? '`guest${n}@example.com`' : "'guest@example.com'";
    case 'url':
      return unique ? '`https://example.com/${n}`' : "'https://example.com/1'";
    case 'money':
      return unique ? 'n * 100' : '12_000';
    case 'currency':
      return "'USD'";
    case 'json':
      return "{ note: 'any JSON' }";
    case 'enum':
      return literal(type.values[0]);
    case 'int':
    case 'number': {
      const least = smallest(type.min, type.max);
      return unique ? `${literal(least)} + n` : literal(least);
    }
  }
}

const smallest = (min: number | undefined, max: number | undefined): number =>
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
      return 'randomUUID()';
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
    case 'int':
    case 'number': {
      const least = smallest(type.min, type.max);
      return type.max === undefined || least + 1 <= type.max ? literal(least + 1) : undefined;
    }
    case 'reference':
      return undefined;
  }
}
