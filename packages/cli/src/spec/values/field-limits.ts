/** Limits of values that no spec says: what bodies and columns can hold. */
import type { FieldTypeSpec } from './field.ts';

/** Longest `text`, in characters. Bodies are limited to some megabytes anyway; this keeps one field from being all of it. */
export const textLength = 20_000;
/** Longest list. */
export const listLength = 100;
/** Longest e-mail address (RFC 5321, 4.5.3.1.3, without the angle brackets). */
export const emailLength = 254;
export const urlLength = 2048;
/** What PostgreSQL's `integer` holds. */
export const int32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };

/** True when PostgreSQL's `integer` is too small for the declared range. */
export const isBigInt = (type: Pick<FieldTypeSpec, 'kind'> & { min?: unknown; max?: unknown }): boolean =>
  type.kind === 'money' ||
  (type.kind === 'int' &&
    [type.min, type.max].some(
      (bound) => typeof bound === 'number' && (bound < int32.min || bound > int32.max),
    ));
