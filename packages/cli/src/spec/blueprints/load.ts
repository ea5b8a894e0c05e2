/** All blueprints that a project can use, and what is wrong with its own. */
import type { Blueprint, Blueprints } from '../../model/blueprints.ts';
import { Templates } from '../../platform/templates.ts';
import type { Diagnostic } from '../diagnostics.ts';
import { nearest } from '../nearest.ts';
import type { Source } from '../source.ts';
import { checkBlueprint, refusal } from './check.ts';

export interface LoadedBlueprints extends Blueprints {
  /** About the project's templates folder; with errors among them, some blueprint is missing. */
  readonly diagnostics: readonly Diagnostic[];
  /** For formatDiagnostics. */
  readonly sources: readonly Source[];
}

export function loadBlueprints(templates: Templates): LoadedBlueprints {
  const checked = templates.blueprints().map((id) => {
    const folder = `blueprints/${id}`;
    const own = templates.isProjects(folder);
    return checkBlueprint(
      {
        id,
        file: templates.place(`${folder}/blueprint.json`),
        // Files of ours are listed when they are copied.
        paths: own ? templates.files(folder) : ['blueprint.json'],
        text: (path) => templates.text(`${folder}/${path}`),
      },
      own,
    );
  });
  const wrong = [...checked, ...links(templates), ...withoutCounterpart(templates)].filter(
    ({ diagnostics }) => diagnostics.length > 0,
  );
  return {
    all: checked.flatMap(({ blueprint }) => blueprint ?? []),
    brings: (blueprint) => broughtBy(blueprint, templates),
    diagnostics: wrong.flatMap(({ diagnostics }) => diagnostics),
    sources: wrong.flatMap(({ sources }) => sources),
  };
}

/** Those of the installation alone: for its own references and tests. */
export const stockBlueprints = (): Blueprints => loadBlueprints(new Templates());

const links = (templates: Templates) =>
  templates
    .strange()
    .map((path) =>
      refusal(
        path === '.' ? 'templates' : `templates/${path}`,
        'HT0380',
        'this is not a file or folder of the project: it may lead anywhere',
        'put a copy in its place',
      ),
    );

/** A template that replaces nothing would be rendered by nobody: in most cases a misspelt name. */
function withoutCounterpart(templates: Templates) {
  const replaced = templates.replaced();
  if (replaced.length === 0) return [];
  const there = templates.replaceable();
  return replaced
    .filter((path) => !there.includes(path))
    .map((path) => {
      const near = nearest(path, there);
      return refusal(
        `templates/${path}`,
        'HT0384',
        'there is no template of this name to replace',
        near === undefined ? `these are there: ${there.join(', ')}` : `did you mean templates/${near}?`,
      );
    });
}

/** What a blueprint brings beside the entities: tables, schemas of its API, folders and tests. */
function broughtBy({ id }: Blueprint, templates: Templates): ReadonlyMap<string, string> {
  const folder = `blueprints/${id}`;
  const paths = templates.files(folder);
  const tables = paths
    .filter((path) => /^migrations\/.*\.sql$/.test(path))
    .flatMap((path) =>
      Array.from(
        templates.text(`${folder}/${path}`).matchAll(/^create table (\w+)/gm),
        ([, table]) => table ?? '',
      ),
    );
  const schemas = paths.includes('openapi.json')
    ? Object.keys(
        (JSON.parse(templates.text(`${folder}/openapi.json`)) as { components: { schemas: object } })
          .components.schemas,
      )
    : [];
  const files = paths.flatMap(
    (path) => /^(?:src\/([^/]+)\/|tests\/([^/]+)\.services\.test\.ts$)/.exec(path)?.slice(1) ?? [],
  );
  return new Map([
    ...tables.map((table) => [table, 'a table'] as const),
    // Those of every document are no entity's anyway.
    ...schemas.map((schema) => [schema, 'a schema of its API'] as const),
    ...files.filter((name) => name !== undefined).map((name) => [name, 'a module'] as const),
  ]);
}
