/**
 * How a field is called in SQL. One pair of functions for the repositories, for Kysely and for the generator, each the
 * other's inverse for every legal field name (a lower-case letter, then letters and digits): what goes to the database
 * under a name comes back under the same one.
 */

/** `checkIn` → `check_in`, `vatID` → `vat_i_d`: each capital is a letter of its own, digits stay where they are. */
export const columnOf = (field: string): string =>
  field.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);

/** `check_in` → `checkIn`, `vat_i_d` → `vatID`. */
export const fieldOf = (column: string): string =>
  column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
