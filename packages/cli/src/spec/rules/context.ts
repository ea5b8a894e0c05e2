import { type Blueprint, blueprintIdOf, type Blueprints } from '../../model/blueprints.ts';
import { storesSql } from '../../model/capabilities.ts';
import { type AnyKind, type Declared, declaredComponents } from '../../model/resolve-bindings.ts';
import type { Code } from '../codes.ts';
import type { Findings } from '../diagnostics.ts';
import { keySpan, type LocatedMap, type Path, valueSpan } from '../located.ts';
import { suggest } from '../nearest.ts';
import { databaseOf, type EntitySpec, type GatewaySpec, type ServiceSpec, type Spec } from '../schema.ts';
import type { FieldSpec } from '../values/field.ts';

/** A service or gateway with what rules ask about it. */
export interface Member {
  readonly name: string;
  readonly kind: 'gateway' | 'service';
  readonly path: Path;
  readonly spec: GatewaySpec | ServiceSpec;
  readonly entities: ReadonlyMap<string, DeclaredEntity>;
  readonly database: string | undefined;
  readonly blueprintId: string;
  /** undefined when there is none of this name and kind; its own rule says so. */
  readonly blueprint: Blueprint | undefined;
  readonly replicas: number;
}

export interface DeclaredEntity {
  readonly spec: EntitySpec;
  /** Those of the spec without `$access` and its like. */
  readonly fields: Readonly<Record<string, FieldSpec>>;
}

export interface RuleContext {
  readonly spec: Spec;
  /** Gateways, then services. */
  readonly members: readonly Member[];
  readonly components: readonly Declared[];
  /** The one of this name. */
  component(name: string | undefined): Declared | undefined;
  /** Those of this kind. */
  componentsOf(kind: string): readonly Declared[];
  readonly kinds: readonly AnyKind[];
  readonly blueprints: Blueprints;
  /** Environment variables; undefined when their values do not matter now. */
  readonly variables: Readonly<Record<string, string | undefined>> | undefined;
  readonly root: LocatedMap;
  /** A finding about the value at this path. */
  report(code: Code, path: Path, message: string, help?: string): void;
  /** A finding about the key at the end of this path. */
  reportKey(code: Code, path: Path, message: string, help?: string): void;
  /** Of places that only together are wrong the one to blame: what an overlay brought, else what comes last in the file. */
  blame<T extends { readonly path: Path }>(places: readonly [T, ...T[]]): T;
  /** `did you mean …?`, or the choices. Gives up on a file with thousands of wrong names. */
  suggest(name: string, candidates: readonly string[]): string | undefined;
}

export type Rule = (context: RuleContext) => void;

export interface RuleInput {
  readonly spec: Spec;
  readonly root: LocatedMap;
  readonly kinds: readonly AnyKind[];
  readonly blueprints: Blueprints;
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Comparisons of names; a thousand services with a wrong call each need a million. */
const suggestionBudget = 2_000_000;

export function ruleContext(
  { spec, root, kinds, blueprints, variables }: RuleInput,
  findings: Findings,
): RuleContext {
  let budget = suggestionBudget;
  const components = declaredComponents(spec, kinds);
  const byName = new Map(components.map((component) => [component.name, component]));
  const byKind = Map.groupBy(components, ({ kind }) => kind.kind);
  return {
    spec,
    root,
    kinds,
    blueprints,
    variables,
    components,
    component: (name) => (name === undefined ? undefined : byName.get(name)),
    componentsOf: (kind) => byKind.get(kind) ?? [],
    members: [
      ...Object.entries(spec.gateways).map(([name, gateway]) =>
        memberOf('gateway', name, gateway, spec, blueprints),
      ),
      ...Object.entries(spec.services).map(([name, service]) =>
        memberOf('service', name, service, spec, blueprints),
      ),
    ],
    report: (code, path, message, help) => findings.add(code, valueSpan(root, path), message, help),
    reportKey: (code, path, message, help) => findings.add(code, keySpan(root, path), message, help),
    blame: (places) => blame(root, places),
    suggest(name, candidates) {
      budget -= candidates.length;
      return budget < 0 ? undefined : suggest(name, candidates);
    },
  };
}

function memberOf(
  kind: Member['kind'],
  name: string,
  spec: GatewaySpec | ServiceSpec,
  { defaults }: Spec,
  blueprints: Blueprints,
): Member {
  const blueprintId = blueprintIdOf(name, kind, spec.blueprint, blueprints.all);
  return {
    name,
    kind,
    path: [`${kind}s`, name],
    spec,
    entities: new Map(
      Object.entries('entities' in spec ? spec.entities : {}).map(([entity, declared]) => [
        entity,
        { spec: declared, fields: fieldsOf(declared) },
      ]),
    ),
    database: databaseOf(spec),
    blueprintId,
    blueprint: blueprints.all.find((candidate) => candidate.id === blueprintId && candidate.kind === kind),
    replicas: spec.replicas ?? defaults.replicas,
  };
}

function fieldsOf({
  $access,
  $unique,
  $renamedFrom,
  ...fields
}: EntitySpec): Readonly<Record<string, FieldSpec>> {
  return fields as Record<string, FieldSpec>;
}

export function eachEntity(
  { members }: RuleContext,
  visit: (entity: DeclaredEntity & { readonly entity: string; readonly path: Path }) => void,
): void {
  for (const member of members) {
    for (const [entity, declared] of member.entities)
      visit({ ...declared, entity, path: [...member.path, 'entities', entity] });
  }
}

function blame<T extends { readonly path: Path }>(
  root: LocatedMap,
  [first, ...rest]: readonly [T, ...T[]],
): T {
  const overlays = root.entries.get('environments')?.value.span;
  const rank = ({ path }: T): number => {
    const { start } = valueSpan(root, path);
    return overlays && start >= overlays.start && start < overlays.end
      ? start + Number.MAX_SAFE_INTEGER / 2
      : start;
  };
  return rest.reduce((worst, place) => (rank(place) > rank(worst) ? place : worst), first);
}

/** Whether the service keeps its entities in tables, with the names and limits of SQL; otherwise they are documents. */
export function storesTables(context: RuleContext, { database }: Member): boolean {
  const component = context.component(database);
  return component !== undefined && storesSql(component);
}
