/**
 * Where the parts of this installation are, and the runtime that a project builds its services with. The same from the
 * sources, from the bundle in a checkout, and from the package in somebody's node_modules; nothing else looks for these folders.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** A module that goes into the bundles of services in place of another. */
export const bundledModule = (name: string): string => join(cliFolder(), 'bundled', name);

/** Of this installation of hometrip: `0.1.0`. */
export function installedVersion(): string {
  const version = manifestIn(cliFolder())?.version;
  if (version === undefined) throw new BugError(`${CLI} has no version`);
  return version;
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

function manifestIn(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  } catch {
    return undefined;
  }
}
