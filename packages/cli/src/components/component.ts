/**
 * Everything about one component lives in one folder, and nothing about targets: how Compose or Kubernetes say it is the
 * renderers' business, which read only what is returned here. `defineComponent` fills in what a folder leaves out.
 */
import type { z } from 'zod';
import type { PlannedFile } from '../files/planned-file.ts';
import type { Capability } from '../model/capabilities.ts';
import type { Templates } from '../platform/templates.ts';
import type { Expression } from '../model/expression.ts';
import type { Component, Database, Limits, Port, Secret, Service, Stack, Workload } from '../model/stack.ts';

/** `P`: the component's parameters in services.yaml after validation. */
export interface ComponentKind<P = Record<string, unknown>> {
  readonly kind: string;
  readonly description: string;
  /** One of several replicas is possible? If not, replicas above 1 are an error. */
  readonly replicable: boolean;
  /** There is at most one of it in a system. */
  readonly single: boolean;
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
  /** What it listens on, on the private network and on the operator's machine. */
  listens(params: P): readonly Port[];
  workload(input: ComponentInput<P>): Workload;
  /** How a service reaches the server that the stack runs; undefined: no service connects to it. */
  connect(input: ConnectInput<P>): Connection | undefined;
  /** What a service needs beside the address of a server that runs elsewhere. */
  elsewhere(input: ConnectInput<P>): Partial<Connection>;
  /**
   * Each service has a database of its own in it; then services may name others, in `addresses`. On a server elsewhere it is
   * `made` by hometrip with a role and a password, or `given` with the rights of the address's user.
   */
  readonly ownDatabases: 'made' | 'given' | undefined;
  metrics(input: ComponentInput<P>): Component['metrics'];
  console(params: P): Component['console'];
  secrets(input: ComponentInput<P>): readonly Secret[];
  /** What clients need of a server outside of the stack, where its address is not enough. */
  externalSecrets(input: ComponentInput<P>): readonly Secret[];
  /** Alerting rules and dashboard panels about this kind of component, in the terms of Prometheus. */
  readonly monitoring: ComponentMonitoring;
  /** How Grafana reads it; undefined: it cannot. */
  readonly datasource: Datasource | undefined;
  /** It counts whole requests in a second or in a minute, and no other rate limits. */
  readonly wholeRates: boolean;
  /** What the embedded stack has in its place, beside the substitutes of its capabilities. */
  readonly embedded: Component['embedded'];
  /** Its own configuration, scripts that set it up or back it up, pages: below the output folder. */
  files(input: FilesInput<P>): readonly PlannedFile[];
}

export interface ComponentInput<P> {
  readonly name: string;
  readonly params: P;
  readonly limits: Limits;
  readonly services: readonly Service[];
  readonly databases: readonly Database[];
}

/** One component of the whole stack, resolved. */
export interface FilesInput<P> {
  readonly templates: Pick<Templates, 'render'>;
  readonly component: Component;
  readonly params: P;
  readonly stack: Stack;
}

export interface ConnectInput<P> {
  readonly name: string;
  readonly params: P;
  /** Name of the whole system: what it calls its own on a server that others use as well. */
  readonly stack: string;
  /** The service's own in this component, if it stores its data here. */
  readonly database: Database | undefined;
}

export interface Connection {
  /** Without a password. */
  readonly url: Expression;
  readonly secret?: string | undefined;
  /** What the service calls its own on a server that others use as well. */
  readonly namespace?: string | undefined;
  /** Further settings of the port: `{ FROM: … }` becomes MAILER_FROM. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
}

export interface Datasource {
  /** Name of the port where it answers queries. */
  readonly port: string;
  /** Its kind in Grafana's words: `prometheus`. */
  readonly type: string;
  /** The queries of our dashboards are for it. */
  readonly isDefault?: true;
  readonly jsonData?: Readonly<Record<string, unknown>>;
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
