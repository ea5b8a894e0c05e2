import { createHash } from 'node:crypto';
import type { Expression } from '../../model/expression.ts';
import type { Service, Stack } from '../../model/stack.ts';
import type { Desired, Instance, Observed } from '../driver.ts';
import { databaseOf } from './substitutes.ts';

/** What a stack of local processes needs to know besides what every driver does. */
export interface EmbeddedDesired extends Desired {
  /** Output folder of `generate`: migrations lie in it. */
  readonly output: string;
  /** Folder with `<service>/main.js`. */
  readonly build: string;
  /** Hash of a service's migrations folder; services without one are missing. */
  readonly migrations: Readonly<Record<string, string>>;
  /** Values of the variables that external components refer to, from the environment of `up`. */
  readonly external: Readonly<Record<string, string>>;
  /** Hash of the value of each secret, by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Ports for debuggers, by service; such a service has one replica. */
  readonly inspect?: Readonly<Record<string, number>> | undefined;
}

export interface EmbeddedObserved extends Observed {
  /** `gone`: it was killed, while what it had started goes on. */
  readonly supervisor: 'running' | 'gone' | 'none';
  /** Services of the stack that was applied last. */
  readonly known: readonly string[];
  readonly databases: readonly string[];
  /** Hash of the migrations that were applied, by service. */
  readonly migrations: Readonly<Record<string, string>>;
  /** Hash of each secret that roles of the database server, and services, were given. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Where a browser reaches a public service: `http://127.0.0.1:3001`. */
  readonly urls: Readonly<Record<string, string>>;
}

export const instanceId = (service: string, replica: number): string => `${service}#${replica}`;
export const idOf = (instance: Pick<Instance, 'service' | 'replica'>): string =>
  instanceId(instance.service, instance.replica);

/** `booking-service#2` → service and replica; undefined for anything else. */
export function parseInstanceId(id: string): { service: string; replica: number } | undefined {
  const match = /^(.+)#(\d+)$/.exec(id);
  return match === null ? undefined : { service: match[1] ?? '', replica: Number(match[2]) };
}

/** Whether names of services (`booking-service`) and of instances (`booking-service#2`) include this instance; none means all. */
export const isSelected = (
  names: readonly string[],
  instance: Pick<Instance, 'service' | 'replica'>,
): boolean => names.length === 0 || names.includes(instance.service) || names.includes(idOf(instance));

/** Code, configuration and the debugger's port apart, so that a plan can say which of them changed. */
export function fingerprint(
  code: string,
  stack: Stack,
  service: Service,
  { external, secrets, inspect }: Pick<EmbeddedDesired, 'external' | 'secrets' | 'inspect'>,
): string {
  const workload = stack.workloads.find(({ name }) => name === service.name);
  const configuration = [
    workload?.environment,
    workload?.secrets,
    workload?.limits,
    workload?.stopGrace,
    service.bindings,
    service.public,
    ...(service.kind === 'gateway' ? stack.trustedProxies : []),
  ];
  const variables = referencedVariables([
    ...Object.values(workload?.environment ?? {}),
    ...service.bindings.map(({ url }) => url),
  ]);
  const values = variables.map(({ variable }) => [variable, external[variable]]);
  // Read once, at the start: a service with an old password or key has to be replaced.
  const passwords = [
    ...(workload?.secrets ?? []).map(({ secret }) => secret),
    ...service.bindings.flatMap((binding) => databaseOf(stack, service.name, binding)?.secret ?? []),
  ].map((name) => secrets[name]);
  const settings = createHash('sha256')
    .update(JSON.stringify([configuration, values, passwords]))
    .digest('hex')
    .slice(0, 12);
  const port = inspect?.[service.name];
  return [code, settings, ...(port === undefined ? [] : [port])].join('.');
}

/** Variables of the user's environment that a stack refers to, by name; each with its default, if it has one. */
export function referencedVariables(
  expressions: readonly Expression[],
): { variable: string; fallback: string | undefined }[] {
  const references = expressions
    .flatMap((expression) => (typeof expression === 'string' ? [] : expression.parts))
    .flatMap((part) => (typeof part !== 'string' && part.kind === 'environment' ? [part] : []));
  const byName = new Map(references.map(({ variable, fallback }) => [variable, { variable, fallback }]));
  return [...byName.values()].sort((a, b) => (a.variable < b.variable ? -1 : 1));
}
