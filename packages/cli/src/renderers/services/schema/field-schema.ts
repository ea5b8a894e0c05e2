/** From a field of the model to its zod schema, for each place where a field appears. */
import type { Field, FieldType } from '../../../model/stack.ts';
import { emailLength, isBigInt, listLength, textLength } from '../../../spec/values/field-limits.ts';
import { type Call, type Chain, call, value } from './chain.ts';

/** A value of the field as entities carry it: nullable when the field is optional, since an entity has all its keys. */
export function fieldSchema(field: Field): Chain {
  const one = typeSchema(field.type, defaultsOf(field));
  const many: Chain = field.list ? [call('array', { schema: one }), call('max', value(listLength))] : one;
  return field.optional ? [...many, call('nullable')] : many;
}

/** In a create body: the default, when the client need not give the field. */
export function createDefault(field: Field): Chain | undefined {
  const fallback = field.default ?? (field.optional ? null : undefined);
  return fallback === undefined ? undefined : [call('default', value(fallback))];
}

/** In an event: absent rather than null, since a contract may grow. */
export function contractSchema(field: Field): Chain {
  const one = typeSchema(field.type, defaultsOf(field));
  const many: Chain = field.list ? [call('array', { schema: one })] : one;
  return field.optional ? [...many, call('optional')] : many;
}

const filterable = [
  'boolean',
  'int',
  'string',
  'enum',
  'uuid',
  'user',
  'reference',
  'date',
  'email',
  'currency',
];
/** Parameters that every list has. */
const pagingParameters = ['limit', 'cursor', 'sort'];

/** Fields that a list may be filtered by, for equality; a list field by one of its values. */
export const isFilterable = (field: Field): boolean =>
  filterable.includes(field.type.kind) && !pagingParameters.includes(field.name);

/** Fields that a list may be sorted by: ordered, and never null, since a cursor has to compare them. */
export const isSortable = (field: Field): boolean =>
  !field.list &&
  !field.optional &&
  ['string', 'int', 'number', 'money', 'date', 'datetime'].includes(field.type.kind);

/** The values that the type has to take because they are the default, or in it. */
const defaultsOf = ({ list, default: given }: Field): readonly unknown[] =>
  list && Array.isArray(given) ? given : [given];

function typeSchema(type: FieldType, defaults: readonly unknown[]): Chain {
  switch (type.kind) {
    case 'string':
      return [textCall(type.maxLength, defaults)];
    case 'text':
      return [textCall(textLength, defaults)];
    case 'boolean':
      return [call('boolean')];
    case 'uuid':
    case 'user':
    case 'reference':
      return [call('uuid')];
    case 'date':
      return [call('field.day')];
    case 'datetime':
      return [call('field.instant')];
    case 'email':
      return [call('email'), call('max', value(emailLength))];
    case 'url':
      return [call('field.webAddress')];
    case 'money':
      return [call('int'), call('min', value(0))];
    case 'currency':
      return [call('string'), call('regex', { pattern: /^[A-Z]{3}$/ })];
    case 'json':
      // Null would be the same as no value, and what is a text or a number has a type of its own.
      return [
        call('union', {
          schemas: [
            [call('record', { schema: [call('string')] }, { schema: [call('unknown')] })],
            [call('array', { schema: [call('unknown')] })],
          ],
        }),
      ];
    case 'enum':
      return [call('enum', value(type.values))];
    case 'int':
      // `int32` bounds what the column can hold where the spec does not.
      return [
        call(isBigInt(type) || (type.min !== undefined && type.max !== undefined) ? 'int' : 'int32'),
        ...(type.min === undefined ? [] : [call('min', value(type.min))]),
        ...(type.max === undefined ? [] : [call('max', value(type.max))]),
      ];
    case 'number':
      return [
        call('number'),
        ...(type.min === undefined ? [] : [call('min', value(type.min))]),
        ...(type.max === undefined ? [] : [call('max', value(type.max))]),
      ];
  }
}

/** At least one character, unless the default has none. */
const textCall = (longest: number, defaults: readonly unknown[]): Call =>
  defaults.includes('') ? call('field.text', value(longest), value(0)) : call('field.text', value(longest));
