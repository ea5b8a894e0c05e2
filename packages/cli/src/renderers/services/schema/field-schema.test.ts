import { describe, expect, it } from 'vitest';
import { parseField } from '../../../spec/values/field.ts';
import { withDefault } from '../../../spec/values/field-default.ts';
import type { Field } from '../../../model/stack.ts';
import { chainSchema } from './chain.ts';
import { fieldSchema } from './field-schema.ts';

const types = [
  'string(3)',
  'text',
  'boolean',
  'int',
  'int(0..)',
  'int(..-5)',
  'int(1..50)',
  'int(3000000000..)',
  'int(0..999999999999999)',
  'number',
  'number(-1..1)',
  'money',
  'enum(on, off)',
  'currency',
  'date',
  'datetime',
  'email',
  'url',
  'uuid',
  'json',
];
const values: readonly unknown[] = [
  ...[true, null, 0, 1, -1, -6, 0.5, 51, 2 ** 31, 4_000_000_000, 2 ** 60, [], {}, { a: 1 }],
  ...['', 'on', 'long', 'x'.repeat(20_001), 'EUR', 'eur', 'true', '1'],
  ...['2026-02-28', '2026-02-30', '2026-02-01T10:00:00Z', '2026-02-01T10:00', '2026-02-30T10:00:00Z', '2026'],
  ...[
    'a@example.com',
    'a@home',
    'https://example.com',
    'ftp://example.com',
    `https://example.com/${'x'.repeat(2048)}`,
  ],
  ...['0190d5a4-7f3c-7cc0-8a3b-0123456789ab', '0190d5a4-7f3c-0cc0-0a3b-0123456789ab', 'zz'],
];

describe('a default that the spec accepts is a value that the service accepts, and the other way round', () => {
  it.each(types.flatMap((type) => [type, `${type}[]`]))('%s', (text) => {
    const field = parseField(text);
    if (!field.ok) throw new Error(field.message);
    for (const one of values) {
      const value = field.value.list ? [one] : one;
      const schema = chainSchema(fieldSchema({ ...field.value, default: value } as unknown as Field));
      expect({ value, accepted: withDefault(field.value, value).ok }).toEqual({
        value,
        accepted: schema.safeParse(value).success,
      });
    }
  });
});
