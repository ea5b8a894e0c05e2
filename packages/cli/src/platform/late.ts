/** Packages that few commands need and that take long to load. Bundles leave them out, and find them in node_modules. */
import { createRequire } from 'node:module';

interface Late {
  readonly handlebars: typeof import('handlebars');
  readonly 'string-width': typeof import('string-width');
}

export const LATE = ['handlebars', 'string-width'] as const satisfies readonly (keyof Late)[];

const load = createRequire(import.meta.url);

export const late = <Name extends keyof Late>(name: Name): Late[Name] => load(name) as Late[Name];
