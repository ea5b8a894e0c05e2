/**
 * How things of a service are called where they are kept.
 *
 * A field in SQL: one pair of functions for the repositories, for Kysely and for the generator, each the
 * other's inverse for every legal field name (a lower-case letter, then letters and digits): what goes to the database
 * under a name comes back under the same one.
 */

/** `checkIn` → `check_in`, `vatID` → `vat_i_d`: each capital is a letter of its own, digits stay where they are. */
export const columnOf = (field: string): string =>
  field.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);

/** `check_in` → `checkIn`, `vat_i_d` → `vatID`. */
export const fieldOf = (column: string): string =>
  column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Bytes that PostgreSQL keeps of the name of a table, column, index, constraint, database or role; it cuts what is longer. */
export const SQL_NAME_LENGTH = 63;

/** The name as it is when it fits, otherwise its beginning and a checksum of all of it: cut alone, two names could become one. */
export function shortened(name: string, length: number): string {
  if (name.length <= length) return name;
  let sum = 0x811c9dc5; // FNV-1a
  for (const character of name) sum = Math.imul(sum ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return `${name.slice(0, length - 9)}_${sum.toString(16).padStart(8, '0')}`;
}
