/**
 * Everything about one component lives in one folder, and nothing about targets: how Compose or Kubernetes say it is the
 * renderers' business, which read only what is returned here.
 */
import type { z } from 'zod';
import type { Expression } from '../model/expression.ts';
import type {
  Binding,
  Capability,
  Component,
  Database,
  Limits,
  Secret,
  Service,
  Workload,
} from '../model/stack.ts';

/** `P`: the component's parameters in services.yaml after validation. */
export interface ComponentKind<P = Record<string, unknown>> {
  readonly kind: string;
  readonly description: string;
  /** One of several replicas is possible? If not, replicas above 1 are an error. */
  readonly replicable: boolean;
  readonly capabilities: readonly Capability[];
  /**
   * Schemes of the addresses at which services reach a server of this kind that runs elsewhere (`external`), each with the port
   * that such an address means without naming one; undefined: DNS knows. Empty: no service connects to it.
   */
  readonly schemes: Readonly<Record<string, number | undefined>>;
  /**
   * Refuses an address with one of these schemes that services could not use, by the parser of the adapter that they open it with: one
   * of a whole server (`external`), or of the place of a single service on one (`addresses`). Its password may be missing, when
   * it is in a file. `validate` asks for addresses that services.yaml says, `up` for those of variables.
   * @throws AddressError of `@hometrip/runtime/addresses`
   */
  readAddress?(url: URL, of: 'server' | 'service'): void;
  /** Strict schema of its parameters, defaults included (version, ports …); `limits` and `external` are common to all. */
  readonly params: z.ZodType<P>;
  /** Ports on the operator's machine, for the rule on duplicates: name → number. */
  ports(params: P): Readonly<Record<string, number>>;
  workload(input: ComponentInput<P>): Workload;
  /** How this service reaches it, for each capability that it uses here. */
  bindings(input: BindingInput<P>): readonly Binding[];
  /** Each service has a database of its own in it; then services may name others, in `addresses`. */
  readonly ownDatabases?: true;
  metrics(input: ComponentInput<P>): Component['metrics'];
  console(params: P): Component['console'];
  secrets(input: ComponentInput<P>): readonly Secret[];
  /** What clients need of a server outside of the stack, where its address is not enough. */
  externalSecrets?(input: ComponentInput<P>): readonly Secret[];
  /** Alerting rules and dashboard panels about this component, in the terms of Prometheus. */
  monitoring(params: P): ComponentMonitoring;
}

export interface ComponentInput<P> {
  readonly name: string;
  readonly params: P;
  readonly limits: Limits;
  readonly services: readonly Service[];
  readonly databases: readonly Database[];
}

export interface BindingInput<P> {
  readonly name: string;
  readonly params: P;
  /** Name of the whole system: what it calls its own on a server that others use as well. */
  readonly stack: string;
  readonly external: Expression | undefined;
  /** Where the database of this service is, when it has an address of its own. */
  readonly address: Expression | undefined;
  readonly service: {
    readonly name: string;
    readonly database: string | undefined;
    readonly uses: readonly string[];
  };
  readonly databases: readonly Database[];
}

export interface ComponentMonitoring {
  readonly alerts: readonly {
    readonly alert: string;
    readonly expr: string;
    readonly for: string;
    readonly severity: 'page' | 'ticket';
    readonly summary: string;
    readonly runbook: string;
  }[];
  readonly panels: readonly {
    readonly title: string;
    readonly expr: string;
    readonly unit: string;
    readonly legend: string;
  }[];
}
