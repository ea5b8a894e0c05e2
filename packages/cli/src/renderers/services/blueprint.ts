/** A blueprint's folder below templates/blueprints/, as its README.md there describes it. */
import { blueprintById, type Contribution } from '../../model/blueprints.ts';
import type { Service } from '../../model/stack.ts';
import { camelCase, pascalCase, serviceIdentifier } from '../../model/names.ts';
import { templates } from '../../platform/templates.ts';

export type { Contribution };

export interface Blueprint {
  readonly needs: Readonly<Record<string, unknown>>;
  readonly contributes: Readonly<Record<string, readonly Contribution[]>>;
  readonly consumes: readonly string[];
  /** Variables with one line of explanation each. */
  readonly environment: Readonly<Record<string, string>>;
  /** Below src/ and tests/, for the service at hand. */
  readonly files: readonly { readonly path: string; readonly content: string }[];
  /** Names without number. */
  readonly migrations: readonly { readonly name: string; readonly content: string }[];
  /** The section "How it works" of the README. */
  readonly readme: string | undefined;
  /** The OpenAPI document of its own routes. */
  readonly openapi: Readonly<Record<string, unknown>> | undefined;
}

/** Undefined for blueprints that are the base alone. */
export function blueprintFor(service: Service): Blueprint | undefined {
  const manifest = blueprintById(service.blueprint);
  if (manifest?.service === undefined) return undefined;
  const own = manifest.service;
  const folder = `blueprints/${service.blueprint}`;
  const paths = templates.files(folder);
  const read = (path: string): string => renamed(templates.text(`${folder}/${path}`), own, service);
  const below = (...prefixes: readonly string[]) =>
    paths.filter((path) => prefixes.some((prefix) => path.startsWith(prefix)));
  return {
    needs: manifest.needs,
    contributes: manifest.contributes,
    consumes: manifest.consumes,
    environment: manifest.environment,
    files: below('src/', 'tests/')
      .filter((path) => !manifest.standIns.includes(path))
      .map((path) => ({ path, content: read(path) })),
    migrations: below('migrations/')
      .filter((path) => path.endsWith('.sql'))
      .map((path) => ({
        name: path.replace(/^migrations\/\d+_/, '').replace(/\.sql$/, ''),
        content: read(path),
      })),
    readme: paths.includes('README.md') ? read('README.md').replace(/^# .*\n+/, '') : undefined,
    openapi: paths.includes('openapi.json')
      ? (JSON.parse(read('openapi.json')) as Record<string, unknown>)
      : undefined,
  };
}

/** The service's name in its three spellings. */
function renamed(text: string, from: string, { name, entities }: Service): string {
  const variable = serviceIdentifier(
    name,
    entities.map(({ names }) => names),
  );
  const spellings: readonly (readonly [string, string])[] = [
    [from, name],
    [camelCase(from), variable],
    [pascalCase(from), pascalCase(name)],
  ];
  return spellings
    .filter(([was, is]) => was !== is)
    .reduce(
      (result, [was, is]) => result.replaceAll(new RegExp(`(?<![\\w-])${was}(?![\\w-])`, 'g'), is),
      text,
    );
}
