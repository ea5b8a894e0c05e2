import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { field } from './fields.ts';

const taken = (schema: z.ZodType, value: unknown): unknown => {
  const result = schema.safeParse(value);
  return result.success ? result.data : undefined;
};

describe('a text', () => {
  it.each([
    [field.text(3), 'abc', true],
    [field.text(3), '🏡🏡🏡', true],
    [field.text(3), '🏡🏡🏡🏡', false],
    [field.text(3), 'abcd', false],
    [field.text(3), '', false],
    [field.text(3, 0), '', true],
    [field.text(9, 2), '🏡', false],
    [field.text(9, 2), '🏡🏡', true],
    [field.text(9, 2), 'ab', true],
  ])('%# counts characters, not halves of them', (schema, value, fits) => {
    expect(taken(schema, value)).toBe(fits ? value : undefined);
  });

  it('says its bounds in JSON Schema', () => {
    expect(z.toJSONSchema(field.text(120))).toMatchObject({ type: 'string', minLength: 1, maxLength: 120 });
    expect(z.toJSONSchema(field.text(120, 0))).not.toHaveProperty('minLength');
  });
});

it.each([
  ['2027-05-31', true],
  ['0001-01-01', true],
  ['9999-12-31', true],
  ['0000-12-31', false],
  ['2026-02-30', false],
  ['12026-01-01', false],
])('a day of the calendar: %s %s', (value, fits) => {
  expect(taken(field.day(), value)).toBe(fits ? value : undefined);
});

it.each([
  ['2027-05-31T12:00:00Z', '2027-05-31T12:00:00.000Z'],
  ['2027-05-31T12:00:00+02:00', '2027-05-31T10:00:00.000Z'],
  ['2027-05-31T12:00:00.12399999Z', '2027-05-31T12:00:00.123Z'],
  ['9999-12-31T23:59:59.9999Z', '9999-12-31T23:59:59.999Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ['0001-01-01T00:00:00+01:00', undefined],
  ['9999-12-31T23:59:59-01:00', undefined],
  ['0000-12-31T23:59:59Z', undefined],
  ['9999-12-31T24:00:00Z', undefined],
  ['2016-12-31T23:59:60Z', undefined],
  ['2027-05-31T12:00Z', undefined],
  ['2027-05-31T12:00:00', undefined],
  ['2027-05-31', undefined],
])('an instant is in UTC with milliseconds: %s %s', (value, expected) => {
  expect(taken(field.instant(), value)).toBe(expected);
});

it.each([
  ['https://example.com/a?b#c', true],
  ['HTTP://example.com', true],
  ['ftp://example.com', false],
  ['javascript:alert(1)', false],
  ['example.com', false],
  [`https://example.com/${'x'.repeat(2048)}`, false],
])('a web address: %s %s', (value, fits) => {
  expect(taken(field.webAddress(), value)).toBe(fits ? value : undefined);
});
