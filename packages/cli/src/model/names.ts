/** One name, written as each place wants it. */
import pluralize from 'pluralize-esm';
import type { Entity } from './stack.ts';

/** `blockedDate` and `blocked-date` → blocked, date. */
function words(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[-_]/)
    .filter((word) => word !== '');
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

export const pascalCase = (name: string): string => words(name).map(capital).join('');
export const snakeCase = (name: string): string => words(name).join('_');
export const kebabCase = (name: string): string => words(name).join('-');
export function camelCase(name: string): string {
  const [first = '', ...rest] = words(name);
  return first + rest.map(capital).join('');
}

/**
 * The English plural of the last word: `blocked-date` → `blocked-dates`, `person` → `people`, `orders` → `orders`. Nothing is
 * ever derived back from it: there is no way from `movies` to `movie` that also leads from `cities` to `city`.
 */
export function pluralOf(name: string): string {
  const [, head = '', word = ''] = /^(.*-)?([^-]+)$/.exec(name) ?? [];
  return head + pluralize.plural(word);
}

export function entityNames(name: string): Entity['names'] {
  const path = pluralOf(name);
  return {
    camel: camelCase(name),
    pascal: pascalCase(name),
    table: snakeCase(name),
    path,
    plural: camelCase(path),
  };
}

/** The name without what all services' names end with: `booking-service` → `booking`. */
export const shortName = (service: string): string => service.replace(/(.)-service$/, '$1');

/** Two names with the same key collide somewhere: as a database, an environment variable, a class, or a file where case does not matter. */
export const collisionKey = (name: string): string => words(shortName(name)).join('');
