/** One name, written as each place wants it. */
import pluralize from 'pluralize-esm';
import { keywords, namesBesideEntities, namesBesideServices, namesOfClient } from './reserved-names.ts';
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

/** Whether the generated code of services uses this name itself, so that nothing of services.yaml may be called so there. */
export const isTaken = (identifier: string): boolean =>
  keywords.has(identifier) || namesBesideEntities.has(identifier);

/** The same in the typed client. */
export const isTakenInClient = (identifier: string): boolean =>
  keywords.has(identifier) || namesOfClient.has(identifier);

/** The object of the typed client with the functions below a path: `blocked-dates` → `blockedDates`. */
export function clientGroup(path: string): string {
  const group = camelCase(path);
  return isTakenInClient(group) ? `${group}Api` : group;
}

/** What generated code and the documents of the API call after the type of an entity. */
export const typesOf = (pascal: string): readonly string[] => [
  pascal,
  `Create${pascal}`,
  `Update${pascal}`,
  `${pascal}Filters`,
  `${pascal}Page`,
];

export function entityNames(name: string): Entity['names'] {
  const path = pluralOf(name);
  const pascal = pascalCase(name);
  return {
    camel: camelCase(name),
    pascal: typesOf(pascal).some((type) => isTaken(type) || isTakenInClient(type))
      ? `${pascal}Entity`
      : pascal,
    table: snakeCase(name),
    path,
    plural: camelCase(path),
  };
}

/** The variables of generated code that hold a record, the repository, the routes and the orders of an entity. */
export function entityVariables({ camel, plural }: Entity['names']): {
  readonly one: string;
  readonly many: string;
  readonly routes: string;
  readonly sortKeys: string;
} {
  const free = (variable: string): string => (isTaken(variable) ? `${variable}Entity` : variable);
  const stem = isTaken(`${camel}Routes`) || isTaken(`${camel}SortKeys`) ? `${camel}Entity` : camel;
  return {
    one: free(camel),
    many: free(plural === camel ? `${camel}List` : plural),
    routes: `${stem}Routes`,
    sortKeys: `${stem}SortKeys`,
  };
}

/** The variable of generated code that holds a service: `bookingService`. */
export function serviceIdentifier(name: string, entities: readonly Entity['names'][]): string {
  const variable = camelCase(name);
  const isOfEntity = entities.some((names) => Object.values(entityVariables(names)).includes(variable));
  return isOfEntity || isTaken(variable) || namesBesideServices.has(variable)
    ? `${variable}Service`
    : variable;
}

/** The name without what all services' names end with: `booking-service` → `booking`. */
export const shortName = (service: string): string => service.replace(/(.)-service$/, '$1');

/** Two names with the same key collide somewhere: as a database, an environment variable, a class, or a file where case does not matter. */
export const collisionKey = (name: string): string => words(shortName(name)).join('');
