/** What a changed file asks for. */
import { isAbsolute, join, relative, sep } from 'node:path';

/**
 * `generate`: what is generated may be another now, and with it anything. `build`: a service consists of other code, or its database
 * is to have another shape; which services those are shows by their modules.
 */
export type Work = 'generate' | 'build';

/** Absolute paths. */
export interface Places {
  readonly specFile: string;
  /** Files and folders that generated files are made from, besides the spec. */
  readonly templates: readonly string[];
  /** Of the services that are watched. */
  readonly services: readonly string[];
  /** Modules that services consist of, wherever they lie. */
  readonly sources: readonly string[];
}

/** Undefined: nothing. */
export function workFor(changed: readonly string[], places: Places): Work | undefined {
  const work = changed.map((path) => workForOne(path, places));
  return work.includes('generate') ? 'generate' : work.includes('build') ? 'build' : undefined;
}

function workForOne(path: string, { specFile, templates, services, sources }: Places): Work | undefined {
  if (isLeftByEditor(path)) return undefined;
  if (path === specFile || templates.some((folder) => isWithin(folder, path))) return 'generate';
  if (sources.includes(path)) return 'build';
  // A new module may be the one whose absence was a mistake until now.
  const parts = services.flatMap((folder) => [join(folder, 'src'), join(folder, 'migrations')]);
  return NAMED.test(path) && parts.some((folder) => isWithin(folder, path)) ? 'build' : undefined;
}

/** With an extension: what tools write beside a file before they rename it often has none (sed). */
const NAMED = /[^/\\.][^/\\]*\.\w+$/;

function isWithin(folder: string, path: string): boolean {
  const inside = relative(folder, path);
  return inside === '' || !(inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside));
}

/** Copies and swap files: `routes.ts~`, `.routes.ts.swp`, `4913` (vim asks whether it may write there), `#routes.ts#`, `.#routes.ts`. */
const isLeftByEditor = (path: string): boolean =>
  /(?:~|\.sw[a-z]|\.tmp|\.partial|___jb_\w+___)$|[/\\](?:4913|\.?#[^/\\]*)$/.test(path);
