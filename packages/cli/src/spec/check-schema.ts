/** The second stage: keys and values, each by itself. Every finding of the whole file at once. */
import type { z } from 'zod';
import type { AnyKind } from '../model/resolve-bindings.ts';
import type { Findings } from './diagnostics.ts';
import { camelCase } from '../model/names.ts';
import { reportIssues, shown } from './issues.ts';
import {
  at,
  keySpan,
  type Located,
  type LocatedEntry,
  type LocatedMap,
  type Path,
  plain,
  valueSpan,
} from './located.ts';
import { nearest, suggest } from './nearest.ts';
import { componentKeys, type ComponentSpec, fieldPattern, kindOf, type Spec, specSchema } from './schema.ts';
import { keysAt } from './known-keys.ts';

/** The spec with all defaults, or undefined when there are errors. */
export function checkSchema(
  root: LocatedMap,
  kinds: readonly AnyKind[],
  findings: Findings,
): Spec | undefined {
  const data = withVersionsAsWritten(plain(root) as Record<string, unknown>, root);
  const result = specSchema.safeParse(data);
  if (!result.success) reportIssues(result.error.issues, root, findings, keysAt(specSchema));
  checkFieldNames(root, findings);
  const components = checkComponents(data['components'], root, kinds, findings);
  return result.success && !findings.hasErrors
    ? { ...result.data, components: mergeParams(result.data.components, components) }
    : undefined;
}

/** YAML reads `version: 1.30` as the number 1.3, which is another version. */
function withVersionsAsWritten(data: Record<string, unknown>, root: LocatedMap): Record<string, unknown> {
  const components = data['components'];
  if (!isRecord(components)) return data;
  for (const [name, component] of Object.entries(components)) {
    const version = at(root, ['components', name, 'version']);
    if (isRecord(component) && version?.kind === 'scalar' && typeof version.value === 'number')
      component['version'] = version.text;
  }
  return data;
}

/** Fields sit beside `$access` and its like, so that the schema cannot say what their names must be. */
function checkFieldNames(root: LocatedMap, findings: Findings): void {
  for (const [service] of mapEntries(at(root, ['services']))) {
    for (const [entity, { value }] of mapEntries(at(root, ['services', service, 'entities']))) {
      for (const [field, { key, value: type }] of mapEntries(value)) {
        if (field.startsWith('$') || fieldPattern.test(field)) continue;
        // Without a type it is no field, which the schema says.
        if (type.kind === 'scalar' && type.value === null) continue;
        findings.add(
          'HT0211',
          key,
          `${entity}: ${shown(field)} is not a field name in camelCase`,
          `for example ${camelCase(field.replace(/[^A-Za-z0-9]+/g, '-').replace(/^[-0-9]+/, '')) || 'title'}`,
        );
      }
    }
  }
}

const mapEntries = (node: Located | undefined): Iterable<readonly [string, LocatedEntry]> =>
  node?.kind === 'map' ? node.entries : [];

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is left of a component when the keys of all components are taken away belongs to its kind. */
function checkComponents(
  components: unknown,
  root: LocatedMap,
  kinds: readonly AnyKind[],
  findings: Findings,
): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const params = new Map<string, Readonly<Record<string, unknown>>>();
  if (!isRecord(components)) return params;
  const common = Object.keys(componentKeys);
  for (const [name, component] of Object.entries(components)) {
    const path: Path = ['components', name];
    const wanted = kindOf(name, isRecord(component) ? component : {});
    const kind = kinds.find((candidate) => candidate.kind === wanted);
    if (!kind) {
      unknownKind(name, wanted, root, kinds, findings);
    } else if (isRecord(component)) {
      const own = Object.fromEntries(Object.entries(component).filter(([key]) => !common.includes(key)));
      const schema: z.ZodType = kind.params;
      const result = schema.safeParse(own);
      if (result.success) params.set(name, result.data as Record<string, unknown>);
      else
        reportIssues(
          result.error.issues,
          root,
          findings,
          (at) => (at.length === 2 ? [...common, ...keysAt(schema)([])] : keysAt(schema)(at.slice(2))),
          path,
        );
    }
  }
  return params;
}

function unknownKind(
  name: string,
  wanted: string,
  root: LocatedMap,
  kinds: readonly AnyKind[],
  findings: Findings,
): void {
  const path: Path = ['components', name];
  const known = kinds.map(({ kind }) => kind);
  if (wanted !== name) {
    findings.add(
      'HT0206',
      valueSpan(root, [...path, 'kind']),
      `${name} is a ${wanted}, and there is no such kind of component`,
      suggest(wanted, known),
    );
    return;
  }
  const near = nearest(name, known);
  findings.add(
    'HT0206',
    keySpan(root, path),
    `there is no component ${name}`,
    near === undefined ? `say what it is: kind: ${known.join(', ')}` : `did you mean ${near}?`,
  );
}

function mergeParams(
  components: Spec['components'],
  params: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): Record<string, ComponentSpec> {
  return Object.fromEntries(
    Object.entries(components).map(([name, component]) => [
      name,
      { ...component, params: params.get(name) ?? component.params },
    ]),
  );
}
