/** A blueprint's folder below templates/blueprints/, as its README.md there describes it. */
import { z } from 'zod';
import type { Service } from '../../model/stack.ts';
import { camelCase, pascalCase, serviceIdentifier } from '../../model/names.ts';
import { templates } from '../../platform/templates.ts';

const contribution = z.strictObject({ name: z.string(), from: z.string() });
const manifestSchema = z.strictObject({
  service: z.string(),
  needs: z.record(z.string(), z.unknown()).default({}),
  contributes: z.record(z.string(), z.array(contribution)).default({}),
  consumes: z.array(z.string()).default([]),
  standIns: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  assets: z.array(z.string()).default([]),
});

export type Contribution = z.output<typeof contribution>;

export interface Blueprint {
  readonly needs: Readonly<Record<string, unknown>>;
  readonly contributes: Readonly<Record<string, readonly Contribution[]>>;
  readonly consumes: readonly string[];
  /** Variables with one line of explanation each. */
  readonly environment: Readonly<Record<string, string>>;
  /** Packages whose files it serves, beside the bundle. */
  readonly assets: readonly string[];
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
  const folder = `blueprints/${service.blueprint}`;
  const paths = templates.files(folder);
  if (!paths.includes('blueprint.json')) return undefined;
  const manifest = manifestSchema.parse(JSON.parse(templates.text(`${folder}/blueprint.json`)));
  const read = (path: string): string =>
    renamed(templates.text(`${folder}/${path}`), manifest.service, service);
  const below = (...prefixes: readonly string[]) =>
    paths.filter((path) => prefixes.some((prefix) => path.startsWith(prefix)));
  return {
    needs: manifest.needs,
    contributes: manifest.contributes,
    consumes: manifest.consumes,
    environment: manifest.environment,
    assets: manifest.assets,
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
