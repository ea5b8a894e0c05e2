/** One name, written as each place wants it. */
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

/** What differs from the rules below; all others are regular. */
const irregular: Readonly<Record<string, string>> = {
  person: 'people',
  child: 'children',
  man: 'men',
  woman: 'women',
  foot: 'feet',
  tooth: 'teeth',
  mouse: 'mice',
  goose: 'geese',
  leaf: 'leaves',
  knife: 'knives',
  life: 'lives',
  wife: 'wives',
  shelf: 'shelves',
  half: 'halves',
  hero: 'heroes',
  potato: 'potatoes',
  tomato: 'tomatoes',
  echo: 'echoes',
  criterion: 'criteria',
  datum: 'data',
  quiz: 'quizzes',
};

/** The English plural of the last word: `blocked-date` → `blocked-dates`, `city` → `cities`. */
export function pluralOf(name: string): string {
  const [, head = '', word = ''] = /^(.*-)?([^-]+)$/.exec(name) ?? [];
  const special = Object.hasOwn(irregular, word) ? irregular[word] : undefined;
  return head + (special ?? regularPlural(word));
}

function regularPlural(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  if (/sis$/.test(word)) return `${word.slice(0, -2)}es`;
  if (/(s|x|z|ch|sh)$/.test(word)) return `${word}es`;
  return `${word}s`;
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
