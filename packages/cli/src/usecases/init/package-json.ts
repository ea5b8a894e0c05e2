/** The package.json of a project: written, or added to one that is there. */
import { UserError } from '../../platform/errors.ts';

export interface PackageJson {
  readonly name: string;
  readonly private: true;
  readonly type: 'module';
  readonly scripts: Readonly<Record<string, string>>;
  readonly workspaces: readonly string[];
  readonly devDependencies: Readonly<Record<string, string>>;
  /** Only where npm has to bring Node: one package for each platform, of which it installs the one that fits. */
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

type Table = Record<string, unknown>;

/** What `npm init` writes where there are no tests yet. */
const NO_TESTS = 'echo "Error: no test specified" && exit 1';
const DEPENDENCIES = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

export const packageJsonText = (wanted: PackageJson): string => `${JSON.stringify(wanted, null, 2)}\n`;

/**
 * Adds what is missing; nothing that is there changes.
 * @throws UserError for a text that is not a JSON object, or whose workspaces are no list
 */
export function extendPackageJson(text: string, wanted: PackageJson): string {
  const present = parse(text);
  const scripts = table(present, 'scripts');
  const free = Object.entries(wanted.scripts).filter(
    ([name]) => scripts[name] === undefined || scripts[name] === NO_TESTS,
  );
  const installed = new Set(DEPENDENCIES.flatMap((kind) => Object.keys(table(present, kind))));
  const missing = (packages: Readonly<Record<string, string>> = {}) =>
    Object.entries(packages).filter(([name]) => !installed.has(name));
  const workspaces = present['workspaces'] ?? [];
  if (!Array.isArray(workspaces)) throw unfit('its workspaces are not a list');
  const folders = wanted.workspaces.filter((folder) => !workspaces.includes(folder));

  const additions: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    ['scripts', free],
    ['devDependencies', missing(wanted.devDependencies)],
    ['optionalDependencies', missing(wanted.optionalDependencies)],
  ];
  const result: Table = { ...present };
  for (const [key, entries] of additions)
    if (entries.length > 0) result[key] = { ...table(present, key), ...Object.fromEntries(entries) };
  if (folders.length > 0) result['workspaces'] = [...workspaces, ...folders];
  if (JSON.stringify(result) === JSON.stringify(present)) return text;
  return `${JSON.stringify(result, null, indentOf(text))}\n`;
}

function parse(text: string): Table {
  let value: unknown;
  try {
    // Some editors write a byte order mark.
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw unfit('it is not JSON', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unfit('it is not an object');
  return value as Table;
}

function table(of: Table, key: string): Table {
  const value = of[key] ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) throw unfit(`its ${key} are not an object`);
  return value as Table;
}

const unfit = (why: string, cause?: unknown): UserError =>
  new UserError(`the package.json in this folder cannot be added to: ${why}`, {
    where: 'package.json',
    next: ['correct it, or make the project in a folder of its own: hometrip init NAME'],
    cause,
  });

const indentOf = (text: string): string => /^[ \t]+(?=")/m.exec(text)?.[0] ?? '  ';
