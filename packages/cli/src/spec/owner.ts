import type { FieldSpec } from './values/field.ts';

/** The field that says whose a record is: `owner` if it is a user, else the first field that is one. */
export function ownerFieldOf(fields: Readonly<Record<string, FieldSpec>>): string | undefined {
  const users = Object.entries(fields)
    .filter(([, { type, list }]) => type.kind === 'user' && !list)
    .map(([name]) => name);
  return users.includes('owner') ? 'owner' : users[0];
}
