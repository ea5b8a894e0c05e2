/**
 * What is wrong with a value, said to the developer of a client: the end of a sentence that begins with the value's path,
 * `body.title` + `is required`. The one place for all of it; a message that a schema brings along stays as it is.
 */
import { distance } from 'fastest-levenshtein';
import type { z } from 'zod';

type RawIssue = z.core.$ZodRawIssue;

/** What a message says, or undefined where zod knows nothing either. */
export function messageOf(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, issue.input);
    case 'too_small':
      return bound(issue, issue.minimum, issue.inclusive === false ? 'more than' : 'at least');
    case 'too_big':
      return bound(issue, issue.maximum, issue.inclusive === false ? 'less than' : 'at most');
    case 'invalid_format':
      return wrongFormat(issue);
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_value':
      return issue.input === undefined ? 'is required' : choice(issue.values, issue.input);
    case 'unrecognized_keys':
      return 'is not known';
    case 'invalid_union':
      return union(issue);
    case 'invalid_key':
      return 'has a key that is not valid';
    case 'invalid_element':
      return 'has an item that is not valid';
    case 'custom':
      return issue.input === undefined ? 'is required' : 'is not valid';
    default:
      return undefined;
  }
}

/** For programs. One code for what is missing, however its schema calls that. */
export const codeOf = (message: string, code: string): string =>
  message === 'is required' ? 'required' : code;

/** What an unknown property was probably meant to be. */
export function unknownKey(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== undefined) return `is not known; did you mean ${near}?`;
  return known.length === 0
    ? 'is not known; there is nothing to send'
    : `is not known; there are: ${listed(known)}`;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  set: 'a list',
  object: 'an object',
  record: 'an object',
  map: 'an object',
  null: 'null',
  date: 'a date',
  bigint: 'a whole number',
  nan: 'not a number',
};

function wrongType(expected: string, input: unknown): string {
  if (input === undefined) return 'is required';
  if (expected === 'never' || expected === 'undefined' || expected === 'void') return 'must be left out';
  const wanted = TYPES[expected] ?? `of type ${expected}`;
  return input === null ? `must be ${wanted}, not null` : `must be ${wanted}`;
}

/** Of texts the number of characters counts, of lists that of items. */
const UNITS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ['character', 'characters'],
  array: ['item', 'items'],
  set: ['item', 'items'],
  map: ['entry', 'entries'],
  object: ['property', 'properties'],
  file: ['byte', 'bytes'],
};

function bound(
  { origin, exact }: { readonly origin: string; readonly exact?: boolean | undefined },
  limit: number | bigint | Date,
  comparison: string,
): string {
  const units = UNITS[origin];
  const value = limit instanceof Date ? limit.toISOString() : String(limit);
  if (units === undefined) return `must be ${exact === true ? 'exactly' : comparison} ${value}`;
  if (comparison === 'at least' && value === '1') return 'must not be empty';
  if (comparison === 'at most' && value === '0') return 'must be empty';
  return `must have ${exact === true ? 'exactly' : comparison} ${value} ${units[value === '1' ? 0 : 1]}`;
}

const FORMATS: Readonly<Record<string, string>> = {
  email: 'an e-mail address such as ada@example.com',
  uuid: 'a UUID such as 0197d0f0-0000-7000-8000-000000000001',
  guid: 'a UUID such as 0197d0f0-0000-7000-8000-000000000001',
  url: 'a URL such as https://example.com/page',
  date: 'a day such as 2027-05-31',
  datetime: 'an instant in UTC such as 2027-05-31T12:00:00Z',
  time: 'a time of day such as 12:30:00',
  duration: 'a duration such as PT1H30M',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  cidrv4: 'a range of IPv4 addresses such as 192.0.2.0/24',
  cidrv6: 'a range of IPv6 addresses such as 2001:db8::/32',
  mac: 'a MAC address',
  base64: 'base64',
  base64url: 'base64url',
  e164: 'a telephone number such as +351211234567',
  jwt: 'a JSON Web Token',
  json_string: 'JSON',
  emoji: 'an emoji',
};

function wrongFormat(issue: {
  readonly format: string;
  readonly pattern?: string | undefined;
  readonly prefix?: string;
  readonly suffix?: string;
  readonly includes?: string;
}): string {
  switch (issue.format) {
    case 'regex':
      return `must match ${issue.pattern ?? 'its pattern'}`;
    case 'starts_with':
      return `must start with ${JSON.stringify(issue.prefix)}`;
    case 'ends_with':
      return `must end with ${JSON.stringify(issue.suffix)}`;
    case 'includes':
      return `must contain ${JSON.stringify(issue.includes)}`;
    case 'lowercase':
    case 'uppercase':
      return `must be in ${issue.format === 'lowercase' ? 'lower' : 'upper'} case`;
    default:
      return `must be ${FORMATS[issue.format] ?? `a valid ${issue.format.replaceAll('_', ' ')}`}`;
  }
}

function choice(values: readonly unknown[], input: unknown): string {
  const names = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  const near = typeof input === 'string' ? nearest(input, names) : undefined;
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return names.length === 1 ? `must be ${names[0]}` : `must be one of ${listed(names)}${hint}`;
}

type Branch = readonly z.core.$ZodIssue[];

/** None of the forms fits. The one that was meant speaks for itself (`meantBranch`); else they are named. */
function union(issue: {
  readonly input?: unknown;
  readonly errors: readonly Branch[];
  readonly options?: readonly unknown[];
}): string {
  if (issue.options !== undefined && issue.options.length > 0) return choice(issue.options, issue.input);
  if (issue.input === undefined) return 'is required';
  const kinds = issue.errors.flatMap((branch) =>
    branch.flatMap((inner) =>
      inner.code === 'invalid_type' && inner.path.length === 0 ? [inner.expected] : [],
    ),
  );
  const names = [...new Set(kinds.map((kind) => TYPES[kind] ?? kind))];
  return kinds.length === issue.errors.length && names.length > 0
    ? `must be ${names.slice(0, -1).join(', ')}${names.length > 1 ? ' or ' : ''}${names.at(-1)}`
    : 'has none of the forms that are allowed';
}

/** Findings about a value as a whole by which it is of another form. */
const OTHER_FORM: readonly string[] = ['invalid_type', 'invalid_value', 'invalid_format'];

/** The findings of the one form whose type the value has; undefined when that does not tell. */
export function meantBranch(issue: z.core.$ZodIssue): Branch | undefined {
  if (issue.code !== 'invalid_union') return undefined;
  const meant = issue.errors.filter(
    (branch) => !branch.some(({ code, path }) => path.length === 0 && OTHER_FORM.includes(code)),
  );
  return meant.length === 1 ? meant[0] : undefined;
}

const MAX_LISTED = 24;
const listed = (names: readonly string[]): string =>
  names.length <= MAX_LISTED
    ? names.join(', ')
    : `${names.slice(0, MAX_LISTED).join(', ')} and ${names.length - MAX_LISTED} more`;

/** Longer ones are no typing errors, and would be costly to compare. */
const MAX_NAME = 64;

/** The candidate that was most likely meant. */
function nearest(name: string, candidates: readonly string[]): string | undefined {
  if (name.length > MAX_NAME) return undefined;
  const allowed = name.length <= 3 ? 1 : Math.max(2, Math.floor(name.length / 3));
  const ranked = candidates
    .filter((candidate) => Math.abs(candidate.length - name.length) <= allowed)
    .map((candidate) => ({ candidate, steps: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ steps }) => steps <= allowed)
    .sort((a, b) => a.steps - b.steps);
  return ranked[0]?.candidate;
}
