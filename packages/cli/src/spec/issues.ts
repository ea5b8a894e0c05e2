/** What zod finds → findings with a place, a code, and the words of services.yaml instead of those of a programming language. */
import type { z } from 'zod';
import type { Code } from './codes.ts';
import type { Findings } from './diagnostics.ts';
import { at, keySpan, type Located, type LocatedMap, type Path, plain, valueSpan } from './located.ts';
import { listed, nearest } from './nearest.ts';

type Issue = z.core.$ZodIssue;

/** Which keys a mapping may have; the schema knows, an issue does not. */
export type KnownKeys = (path: Path) => readonly string[];

interface Report {
  /** What the mapping at the top is called: `the spec`. */
  readonly whole: string;
  readonly root: Located;
  readonly findings: Findings;
  readonly knownKeys: KnownKeys;
  /** By mapping: keys that only follow from another finding, about which nothing is said; undefined when all is said. */
  readonly cutOff: Map<LocatedMap, ReadonlySet<string>> | undefined;
}

export function reportIssues(
  issues: readonly Issue[],
  root: Located,
  findings: Findings,
  knownKeys: KnownKeys,
  base: Path = [],
  whole = 'the spec',
): void {
  const before = findings.all.length;
  reportAll(issues, base, { whole, root, findings, knownKeys, cutOff: new Map() });
  if (findings.all.length === before)
    reportAll(issues, base, { whole, root, findings, knownKeys, cutOff: undefined });
}

function reportAll(issues: readonly Issue[], base: Path, report: Report): void {
  for (const issue of issues) {
    const path = [...base, ...(issue.path as Path)];
    if (isCutOff(report, path)) continue;
    if (issue.code === 'invalid_union') reportAll(bestBranch(issue), path, report);
    else if (issue.code === 'unrecognized_keys') reportUnknownKeys(issue.keys, path, report);
    else if (issue.code === 'invalid_key') reportName(issue, path, report);
    else reportValue(issue, path, report);
  }
}

function reportValue(issue: Issue, path: Path, { whole, root, findings }: Report): void {
  const { code, message, help } = inWords(issue, path, root, whole);
  // What is missing has no place of its own: its mapping is named instead.
  const span = code === 'HT0202' ? keySpan(root, path.slice(0, -1)) : valueSpan(root, path);
  findings.add(code, span, message, help);
}

/**
 * The keys that YAML makes of `b` and `c)` in `{ status: enum(a, b, c) }`: the beginning, `enum(a`, has a finding that
 * says what to do.
 */
function cutOffKeys({ entries }: LocatedMap): ReadonlySet<string> {
  const keys = new Set<string>();
  let open = false;
  for (const [key, { value }] of entries) {
    if (open && value.kind === 'scalar' && value.value === null) {
      keys.add(key);
      open = !key.includes(')');
    } else {
      open = value.kind === 'scalar' && value.text.lastIndexOf('(') > value.text.lastIndexOf(')');
    }
  }
  return keys;
}

function isCutOff({ root, cutOff }: Report, path: Path): boolean {
  const parent = at(root, path.slice(0, -1));
  if (!cutOff || parent?.kind !== 'map') return false;
  const keys = cutOff.get(parent) ?? cutOffKeys(parent);
  cutOff.set(parent, keys);
  return keys.has(String(path.at(-1)));
}

/** Of a union the alternative that got furthest: the one whose kind of value it is. */
function bestBranch(issue: Extract<Issue, { code: 'invalid_union' }>): readonly Issue[] {
  const rank = (branch: readonly Issue[]): number =>
    branch.some(
      ({ code, path }) => (code === 'invalid_type' || code === 'invalid_value') && path.length === 0,
    )
      ? 1
      : 0;
  const [best] = [...issue.errors].sort((a, b) => rank(a) - rank(b));
  const expected = issue.errors
    .flat()
    .flatMap((error) => (error.code === 'invalid_type' && error.path.length === 0 ? [error.expected] : []));
  // All alternatives want another kind of value: say all of them.
  if (best === undefined || (rank(best) === 1 && expected.length > 1)) {
    const example = issue.errors.flat().find(({ message }) => message.startsWith('for example'))?.message;
    return [
      {
        code: 'custom',
        path: [],
        message: '',
        params: { expected: expected.map(kindName).join(' or '), help: example },
      },
    ];
  }
  return best;
}

function reportUnknownKeys(keys: readonly string[], path: Path, report: Report): void {
  const { whole, root, findings, knownKeys } = report;
  const known = knownKeys(path);
  for (const key of keys) {
    if (isCutOff(report, [...path, key])) continue;
    const near = nearest(key, known);
    findings.add(
      'HT0201',
      keySpan(root, [...path, key]),
      `${label(path, whole)} has no key ${shown(key)}`,
      near
        ? `did you mean ${near}?`
        : key.includes(')')
          ? 'a text with a comma inside { } needs quotes'
          : `there are: ${listed(known)}`,
    );
  }
}

function reportName(
  issue: Extract<Issue, { code: 'invalid_key' }>,
  path: Path,
  { root, findings }: Report,
): void {
  const name = String(path.at(-1) ?? '');
  const expected =
    issue.issues.find(({ code }) => code === 'invalid_format')?.message ?? 'a name of up to 60 characters';
  findings.add('HT0211', keySpan(root, path), `${shown(name)} is not ${expected}`, nameHelp(name));
}

function nameHelp(name: string): string | undefined {
  const better = name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+|-+$/g, '')
    .slice(0, 40);
  return better === '' || better === name || name.includes('.') ? undefined : `for example ${better}`;
}

interface Words {
  readonly code: Code;
  readonly message: string;
  readonly help?: string | undefined;
}

function inWords(issue: Issue, path: Path, root: Located, whole: string): Words {
  const name = label(path, whole);
  const value = at(root, path);
  switch (issue.code) {
    case 'custom':
      if (typeof issue.params?.['expected'] === 'string')
        return wrongKind(
          name,
          issue.params['expected'],
          value,
          path,
          issue.params['help'] as string | undefined,
        );
      return {
        code: 'HT0205',
        message: `${name}: ${issue.message}`,
        help: issue.params?.['help'] as string | undefined,
      };
    case 'invalid_type':
      if (value === undefined)
        return {
          code: 'HT0202',
          message: `${label(path.slice(0, -1), whole)} needs ${String(path.at(-1))}`,
          help: `add ${String(path.at(-1))}, ${issue.message.startsWith('for example') ? issue.message : kindName(issue.expected)}`,
        };
      return wrongKind(
        name,
        kindName(issue.expected),
        value,
        path,
        issue.message.startsWith('for example') ? issue.message : undefined,
      );
    case 'invalid_value': {
      const choices = issue.values.map(String);
      if (value === undefined)
        return {
          code: 'HT0202',
          message: `${label(path.slice(0, -1), whole)} needs ${String(path.at(-1))}`,
          help: `add ${String(path.at(-1))}: ${choices[0] ?? ''}`,
        };
      const near = nearest(written(value), choices);
      return {
        code: 'HT0205',
        message: `${name} is ${describe(value)}`,
        help: near
          ? `did you mean ${near}?`
          : `write ${choices.length > 1 ? 'one of ' : ''}${listed(choices)}`,
      };
    }
    case 'too_small':
    case 'too_big': {
      const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum;
      const direction = issue.code === 'too_small' ? 'at least' : 'at most';
      const unit = issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : '';
      return {
        code: 'HT0205',
        message: `${name} is ${unit === '' ? describe(value) : issue.code === 'too_small' ? 'too short' : 'too long'}`,
        help: `${direction} ${bound}${unit}`,
      };
    }
    case 'invalid_format':
      if (path.length > 1)
        return {
          code: 'HT0205',
          message: `${name} is ${describe(value)}`,
          help: issue.pattern === undefined ? issue.message : `it must match ${issue.pattern}`,
        };
      return {
        code: 'HT0211',
        message: `${name} is ${describe(value)}, which is not ${issue.message}`,
        help: nameHelp(written(value)),
      };
    default:
      return { code: 'HT0205', message: `${name}: ${issue.message}` };
  }
}

function wrongKind(
  name: string,
  expected: string,
  value: Located | undefined,
  path: Path,
  example: string | undefined,
): Words {
  const last = path.at(-1);
  const hint =
    value?.kind === 'scalar' && value.value === null
      ? expected === 'a mapping'
        ? `write ${String(last)}: {}`
        : 'the value is missing'
      : example !== undefined
        ? example
        : expected.endsWith('number') && value?.kind === 'scalar' && /^\d+$/.test(String(value.value))
          ? `without quotes: ${String(value.value)}`
          : expected.startsWith('a text') && value?.kind === 'scalar'
            ? `in quotes: "${value.text}"`
            : expected === 'a list' && value?.kind === 'scalar'
              ? `write [${value.text}]`
              : undefined;
  return { code: 'HT0204', message: `${name} takes ${expected}, not ${describe(value)}`, help: hint };
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};
const kindName = (expected: string): string => kinds[expected] ?? expected;

function describe(value: Located | undefined): string {
  if (value === undefined || (value.kind === 'scalar' && value.value === null)) return 'nothing';
  if (value.kind === 'map') return 'a mapping';
  if (value.kind === 'list') return 'a list';
  return typeof value.value === 'string' ? `the text ${shown(value.value)}` : value.text;
}

const written = (value: Located | undefined): string =>
  value === undefined ? '' : String(value.kind === 'scalar' ? value.value : JSON.stringify(plain(value)));

/** Names of the user's in messages: in quotes, and never a screenful. */
export const shown = (text: string): string => `"${text.length > 60 ? `${text.slice(0, 57)}…` : text}"`;

/** `booking-service: autoscale.min`: people know a service by its name. */
export function label(path: Path, whole = 'the spec'): string {
  if (path.length === 0) return whole;
  const [group, name, ...rest] = path;
  const inner = rest.filter((step) => step !== 'entities').join('.');
  if ((group === 'services' || group === 'gateways' || group === 'components') && name !== undefined)
    return inner === '' ? String(name) : `${name}: ${inner}`;
  return path.join('.');
}
