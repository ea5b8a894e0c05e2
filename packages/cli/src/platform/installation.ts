/**
 * Where the parts of this installation are, and the runtime that a project builds its services with. The same from the
 * sources, from the bundle in a checkout, and from the package in somebody's node_modules; nothing else looks for these folders.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BugError, UserError } from './errors.ts';

const CLI = '@hometrip/cli';
const RUNTIME = '@hometrip/runtime';

interface Manifest {
  readonly name?: string;
  readonly version?: string;
}

/** Folder of the package `@hometrip/cli`: this code lies in its `src/`, or bundled in its `dist/`. */
export function cliFolder(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (const folder of upwards(start)) if (manifestIn(folder)?.name === CLI) return folder;
  throw new BugError(`no package ${CLI} around ${start}`);
}

/** Folder of the text templates and blueprints: a checkout has it at its root, beside all else that is edited. */
export function templatesFolder(): string {
  const packed = join(cliFolder(), 'templates');
  return existsSync(packed) ? packed : join(cliFolder(), '..', '..', 'templates');
}

/** The text of a whole system to look at: in a checkout it is the one at its root. */
export function exampleSpec(name: 'hometrip'): string {
  const packed = join(templatesFolder(), 'init', name, 'services.yaml');
  return readFileSync(existsSync(packed) ? packed : join(templatesFolder(), '..', 'services.yaml'), 'utf8');
}

/** A module that goes into the bundles of services in place of another. */
export const bundledModule = (name: string): string => join(cliFolder(), 'bundled', name);

/** Of this installation of hometrip: `0.1.0`. */
export function installedVersion(): string {
  const version = manifestIn(cliFolder())?.version;
  if (version === undefined) throw new BugError(`${CLI} has no version`);
  return version;
}

/**
 * The tarball that one of our packages was installed from, so that a new project can do the same; undefined when it came from
 * a registry. A checkout packs its own: `npm run pack`.
 */
export function tarballOf(name: string): string | undefined {
  const modules = dirname(dirname(cliFolder()));
  if (basename(modules) !== 'node_modules')
    return join(
      templatesFolder(),
      '..',
      'dist',
      `${name.slice(1).replace('/', '-')}-${installedVersion()}.tgz`,
    );
  const { packages } = readJson<Installed>(join(modules, '.package-lock.json')) ?? {};
  const from = packages?.[`node_modules/${name}`]?.resolved;
  return from?.startsWith('file:') === true
    ? resolve(dirname(modules), from.slice('file:'.length))
    : undefined;
}

/** What npm notes of the packages that it has installed: a path relative to the project after `file:`, or an address. */
interface Installed {
  readonly packages?: Readonly<Record<string, { readonly resolved?: string }>>;
}

/**
 * Real path of the folder of the `@hometrip/runtime` that this project's services run on: what the project has installed
 * itself, else what the command line brings.
 *
 * @param project Any folder of the project.
 */
export function runtimeFolder(project: string): string {
  const found = installedPackage(RUNTIME, project) ?? installedPackage(RUNTIME, cliFolder());
  if (found !== undefined) return found;
  throw new UserError(`${RUNTIME} is not installed`, {
    where: project,
    next: ['install the packages of the project: npm install', `or add it: npm install ${RUNTIME}`],
  });
}

/** Real path of a package's folder, as Node would find it from `folder`; undefined when it is not installed there. */
function installedPackage(name: string, folder: string): string | undefined {
  for (const above of upwards(folder)) {
    const candidate = join(above, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
  }
  return undefined;
}

/** Files by which package managers say what they have installed; those that are missing may come to be. */
export const installationRecords = (folder: string): string[] =>
  upwards(folder).flatMap((above) =>
    ['.package-lock.json', '.modules.yaml', '.yarn-state.yml'].map((name) =>
      join(above, 'node_modules', name),
    ),
  );

function upwards(start: string): string[] {
  const folders = [start];
  for (let folder = start; dirname(folder) !== folder; folder = dirname(folder))
    folders.push(dirname(folder));
  return folders;
}

const manifestIn = (folder: string): Manifest | undefined => readJson<Manifest>(join(folder, 'package.json'));

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
