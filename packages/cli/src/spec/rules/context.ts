import type { Blueprint } from '../../model/blueprints.ts';
import { type AnyKind, declaredComponents } from '../../model/resolve-bindings.ts';
import { blueprintOf } from '../../model/resolve-services.ts';
import type { Code } from '../codes.ts';
import type { Findings } from '../diagnostics.ts';
import { keySpan, type LocatedMap, type Path, valueSpan } from '../located.ts';
import type { GatewaySpec, ServiceSpec, Spec } from '../schema.ts';

/** A service or gateway with what rules ask about it. */
export interface Member {
  readonly name: string;
  readonly kind: 'gateway' | 'service';
  readonly path: Path;
  readonly spec: GatewaySpec | ServiceSpec;
  readonly entities: ServiceSpec['entities'];
  readonly database: string | undefined;
  readonly blueprintId: string;
  /** undefined when there is none of this name and kind; its own rule says so. */
  readonly blueprint: Blueprint | undefined;
  readonly replicas: number;
}

export interface RuleContext {
  readonly spec: Spec;
  readonly members: readonly Member[];
  readonly components: ReturnType<typeof declaredComponents>;
  readonly kinds: readonly AnyKind[];
  readonly blueprints: readonly Blueprint[];
  /** Environment variables; undefined when their values do not matter now. */
  readonly variables: Readonly<Record<string, string | undefined>> | undefined;
  readonly root: LocatedMap;
  /** A finding about the value at this path. */
  report(code: Code, path: Path, message: string, help?: string): void;
  /** A finding about the key at the end of this path. */
  reportKey(code: Code, path: Path, message: string, help?: string): void;
}

export type Rule = (context: RuleContext) => void;

export interface RuleInput {
  readonly spec: Spec;
  readonly root: LocatedMap;
  readonly kinds: readonly AnyKind[];
  readonly blueprints: readonly Blueprint[];
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined;
}

export function ruleContext({ spec, root, kinds, blueprints, variables }: RuleInput, findings: Findings): RuleContext {
  const member = (kind: Member['kind'], name: string, declared: GatewaySpec | ServiceSpec): Member => {
    const blueprintId = blueprintOf(name, kind, declared);
    return {
      name,
      kind,
      path: [`${kind}s`, name],
      spec: declared,
      entities: 'entities' in declared ? declared.entities : {},
      database: 'database' in declared ? declared.database : undefined,
      blueprintId,
      blueprint: blueprints.find((candidate) => candidate.id === blueprintId && candidate.kind === kind),
      replicas: declared.replicas ?? spec.defaults.replicas,
    };
  };
  return {
    spec,
    root,
    kinds,
    blueprints,
    variables,
    components: declaredComponents(spec, kinds),
    members: [
      ...Object.entries(spec.gateways).map(([name, gateway]) => member('gateway', name, gateway)),
      ...Object.entries(spec.services).map(([name, service]) => member('service', name, service)),
    ],
    report: (code, path, message, help) => findings.add(code, valueSpan(root, path), message, help),
    reportKey: (code, path, message, help) => findings.add(code, keySpan(root, path), message, help),
  };
}
