/**
 * Schemas of single values, as generated services and the spec have them: what they take, every store keeps as it is, and
 * what they refuse, the OpenAPI document refuses too.
 */
import { z } from 'zod';

/**
 * A text of at least `min` (default 1) and at most `max` characters. Characters are code points, as in JSON Schema and in SQL:
 * a 🏡 is one, where `z.string().max()` counts two.
 */
function text(max: number, min = 1) {
  const length = z.check<string>((payload) => {
    const { value, issues } = payload;
    const common = { input: value, origin: 'string', inclusive: true } as const;
    // No text has more code points than units: mostly there is nothing to count.
    if (value.length > max && longerThan(value, max))
      issues.push({ code: 'too_big', maximum: max, ...common });
    else if (value.length < min || (min > 1 && !longerThan(value, min - 1)))
      issues.push({ code: 'too_small', minimum: min, ...common });
  });
  length._zod.onattach.push(
    ({ _zod: { bag } }) =>
      void Object.assign(bag, min > 0 ? { minimum: min, maximum: max } : { maximum: max }),
  );
  return z.string().check(length);
}

function longerThan(value: string, limit: number): boolean {
  let count = 0;
  for (const _ of value) if (++count > limit) return true;
  return false;
}

/** PostgreSQL counts years as people do: there is no year 0. */
const FROM_YEAR_1 = '^(?!0000)';
const hasYear = (value: string): boolean => !value.startsWith('0000');

/** A day of the calendar: `2027-05-31`, from the year 1 on. */
const day = () =>
  z.iso.date().refine(hasYear, 'must be a day from the year 0001 on').meta({ pattern: FROM_YEAR_1 });

/**
 * An instant: `2027-05-31T12:00:00Z`, or with an offset. It is handed on in UTC with milliseconds, which is what stores
 * keep, so that equal instants are equal texts, and sort as instants.
 */
const instant = () =>
  z.iso
    .datetime({ offset: true })
    .refine((value) => hasYear(value) && inRange(value), 'must be an instant from the year 0001 to 9999')
    .overwrite(inUtc)
    .meta({
      pattern: '^(?!0000)\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:[0-5]\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$',
    });

/** An offset may carry an instant out of the years that have four digits. */
const inRange = (value: string): boolean => {
  const at = Date.parse(shortened(value));
  return at >= FIRST && at <= LAST;
};
const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

function inUtc(value: string): string {
  const at = Date.parse(shortened(value));
  return Number.isNaN(at) ? value : new Date(at).toISOString();
}

/** Cut to milliseconds: more digits are nothing that any store keeps, and rounding could end in the year 10000. */
const shortened = (value: string): string => value.replace(/(\.\d{3})\d+/, '$1');

const URL_LENGTH = 2048;

/** The address of a web page: `https://example.com/`, or with `http:`, of at most 2,048 characters. */
const webAddress = () =>
  z
    .url({ protocol: /^https?$/, error: 'must be a URL that starts with https:// or http://' })
    .max(URL_LENGTH)
    .meta({ pattern: '^[Hh][Tt][Tt][Pp][Ss]?://' });

/** `title: field.text(120)`, `from: field.day()`. Each call makes a schema of zod, to go on with: `field.day().optional()`. */
export const field = { text, day, instant, webAddress };
