/** What a blueprint's folder brings to a service that is built from it. */
import type { Blueprint } from '../../model/blueprints.ts';
import type { Service } from '../../model/stack.ts';
import { camelCase, pascalCase, serviceIdentifier } from '../../model/names.ts';
import type { RenderContext } from '../renderer.ts';

export interface BlueprintFiles {
  /** Below src/ and tests/, for the service at hand. */
  readonly files: readonly { readonly path: string; readonly content: string }[];
  /** Names without number. */
  readonly migrations: readonly { readonly name: string; readonly content: string }[];
  /** The section "How it works" of the README. */
  readonly readme: string | undefined;
  /** The OpenAPI document of its own routes. */
  readonly openapi: Readonly<Record<string, unknown>> | undefined;
}

/** Nothing for blueprints that are the base alone. */
export function blueprintFiles(
  service: Service,
  templates: Pick<RenderContext['templates'], 'files' | 'text'>,
): BlueprintFiles {
  const { id, service: own, standIns }: Blueprint = service.blueprint;
  if (own === undefined) return { files: [], migrations: [], readme: undefined, openapi: undefined };
  const folder = `blueprints/${id}`;
  const paths = templates.files(folder);
  const read = (path: string): string => renamed(templates.text(`${folder}/${path}`), own, service);
  const below = (...prefixes: readonly string[]) =>
    paths.filter((path) => prefixes.some((prefix) => path.startsWith(prefix)));
  return {
    files: below('src/', 'tests/')
      .filter((path) => !standIns.includes(path))
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
