import { describe, expect, it } from 'vitest';
import { parseAddress, requiredVariables } from './address.ts';
import { type FieldSpec, parseField } from './field.ts';

const plain: Omit<FieldSpec, 'type'> = {
  list: false,
  optional: false,
  unique: false,
  readOnly: false,
  mine: false,
  default: undefined,
  renamedFrom: undefined,
};

describe('a field is written as type(arguments)[]? = default', () => {
  it.each<[string, Partial<FieldSpec> & Pick<FieldSpec, 'type'>]>([
    ['string(120)', { type: { kind: 'string', maxLength: 120 } }],
    ['string', { type: { kind: 'string', maxLength: 200 } }],
    ['string(40)[] = []', { type: { kind: 'string', maxLength: 40 }, list: true, default: [] }],
    [
      'string(40)[] = ["wifi", "sea view"]',
      { type: { kind: 'string', maxLength: 40 }, list: true, default: ['wifi', 'sea view'] },
    ],
    ['string(10) = en', { type: { kind: 'string', maxLength: 10 }, default: 'en' }],
    ['string(10) = ""', { type: { kind: 'string', maxLength: 10 }, default: '' }],
    ['int(1..50)', { type: { kind: 'int', min: 1, max: 50 } }],
    ['int(0..)', { type: { kind: 'int', min: 0, max: undefined } }],
    ['number(-90..90)', { type: { kind: 'number', min: -90, max: 90 } }],
    ['int = 0', { type: { kind: 'int', min: undefined, max: undefined }, default: 0 }],
    ['boolean = false', { type: { kind: 'boolean' }, default: false }],
    [
      'enum(draft, published) = draft',
      { type: { kind: 'enum', values: ['draft', 'published'] }, default: 'draft' },
    ],
    ['text?', { type: { kind: 'text' }, optional: true }],
    ['uuid[]?', { type: { kind: 'uuid' }, list: true, optional: true }],
    ['currency = EUR', { type: { kind: 'currency' }, default: 'EUR' }],
    ['money = 0', { type: { kind: 'money' }, default: 0 }],
    ['json = {"a": 1}', { type: { kind: 'json' }, default: { a: 1 } }],
    ['blocked-date?', { type: { kind: 'reference', entity: 'blocked-date' }, optional: true }],
  ])('%s', (text, expected) => {
    expect(parseField(text)).toEqual({ ok: true, value: { ...plain, ...expected } });
  });

  it.each([
    ['currency = euro', 'the default "euro" is not a currency of three capital letters'],
    ['boolean = yes', 'the default "yes" is not true or false'],
    ['date = tomorrow', 'the default "tomorrow" is not a day: 2027-05-31'],
    ['date = 2026-02-30', 'the default "2026-02-30" is not a day: 2027-05-31'],
    [
      'datetime = 2026-02-01T10:00',
      'the default "2026-02-01T10:00" is not an instant in UTC: 2027-05-31T12:00:00Z',
    ],
    ['money = -1', 'the default -1 is not money in minor units, a whole number from 0'],
    ['int = 3000000000', 'the default 3000000000 is not a whole number from -2147483648 up to 2147483647'],
    ['string(3) = long', 'the default "long" is not a string of up to 3 characters'],
    ['enum(on, off) = of', 'the default "of" is not one of on, off'],
    ['email = me@home', 'the default "me@home" is not a value of type email'],
    [
      'url = javascript:alert(1)',
      'the default "javascript:alert(1)" is not an address that starts with https:// or http://, of up to 2048 characters',
    ],
    [
      'uuid = 12345678-1234-1234-1234-12345678',
      'the default "12345678-1234-1234-1234-12345678" is not a value of type uuid',
    ],
    ['json = null', 'the default null is not a JSON object or list'],
    ['json = 3', 'the default 3 is not a JSON object or list'],
    [
      'int(0..9)[] = [1, 10]',
      'the default [1,10] is not a list of up to 100, each a whole number from 0 up to 9',
    ],
    ['int(1..5) = 2.5', 'the default 2.5 is not a whole number from 1 up to 5'],
    ['json = {', 'the default { is not a JSON object or list'],
    ['int(1.5..2)', '"1.5..2" is not a range'],
    ['int(..)', '".." is not a range'],
    ['Listing', '"Listing" is not a field type'],
    ['', '"" is not a field type'],
  ])('%s is refused: %s', (text, message) => {
    expect(parseField(text)).toMatchObject({ ok: false, message });
  });
});

describe('an address is an URL or comes from the environment', () => {
  it.each([
    ['amqp://broker.example.com:5672', 'amqp://broker.example.com:5672', []],
    ['${DATABASE_URL}', { parts: [{ kind: 'environment', variable: 'DATABASE_URL' }] }, ['DATABASE_URL']],
    [
      '${DATABASE_URL:-postgres://localhost}',
      { parts: [{ kind: 'environment', variable: 'DATABASE_URL', fallback: 'postgres://localhost' }] },
      [],
    ],
    [
      'redis://${REDIS_HOST}:6379',
      { parts: ['redis://', { kind: 'environment', variable: 'REDIS_HOST' }, ':6379'] },
      ['REDIS_HOST'],
    ],
  ])('%s', (text, expression, variables) => {
    const result = parseAddress(text);
    expect(result).toEqual({ ok: true, value: expression });
    expect(result.ok && requiredVariables(result.value)).toEqual(variables);
  });

  it.each(['localhost', '${}', '${a b}', 'postgres://a b', '${OPEN'])('%s is refused', (text) => {
    expect(parseAddress(text)).toMatchObject({ ok: false, message: `"${text}" is not an address` });
  });
});
