import type { ServiceIdentity } from '../auth/service-identity.ts';
import type { Port, PortOptions } from '../port.ts';
import type { Registry } from '../registry/index.ts';
import { type Callable, memberOf } from './callee.ts';
import { callerOf } from './caller.ts';
import { ServiceClient } from './client.ts';
import { callMetrics } from './metrics.ts';
import type { CallPolicy } from './policy.ts';
import { InstancePool } from './pool.ts';
import { Agent } from './undici.ts';

export {
  defineCallee,
  operation,
  serviceOf,
  type Callable,
  type CalledNames,
  type Callee,
  type Caller,
  type Calling,
  type CallsOf,
  type CamelCase,
  type HeaderOptions,
  type Operation,
  type OperationCall,
  type OperationInput,
  type OperationOptions,
  type TakenHeader,
} from './callee.ts';
export { CallError, type RefusedCall } from './caller.ts';
export type { CallOptions, CallResponse } from './client.ts';
export { ServiceClient } from './client.ts';
export type { BreakerPolicy, BulkheadPolicy, CallPolicy } from './policy.ts';
export { classify, type CallFailure } from './failures.ts';
export { InstancePool, type Balance, type Outcome, type Picked, type PickOptions } from './pool.ts';

/** What `platform.calls` holds: by description a caller, by bare name the client itself. @param client Of a service. */
export const callMembers = (
  callables: readonly Callable[],
  client: (service: string) => ServiceClient,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    callables.map((callable) => [
      memberOf(callable),
      typeof callable === 'string' ? client(callable) : callerOf(callable, client(callable.service)),
    ]),
  );

/** Clients of other services, with what they share: one pool of connections and one view of the instances. */
export interface Calls extends Port {
  readonly pool: InstancePool;
  /** `calls.clients['listing-service'].get(…)`: one for each name that was handed over. */
  readonly clients: Readonly<Record<string, ServiceClient>>;
  /** Address of an instance that may be called now: `http://127.0.0.1:4001`. @throws ProblemError 503 */
  resolve(service: string): Promise<string>;
}

/** Who calls, and how. */
export interface CallsOptions {
  /** Says who calls; undefined: calls carry the user's token alone. */
  readonly identity?: ServiceIdentity | undefined;
  /** By target; what is not said has its default. */
  readonly policies?: Readonly<Record<string, CallPolicy | undefined>> | undefined;
}

/** Clients for the services that this one calls. The registry stays the caller's, and is closed by it. */
export function openCalls(
  registry: Registry,
  services: readonly string[],
  options: PortOptions & CallsOptions,
): Calls {
  const metrics = callMetrics(options.metrics);
  const pool = new InstancePool(registry, { clock: options.clock, metrics });
  const agent = keepAliveAgent();
  let closing: Promise<void> | undefined;
  return {
    pool,
    clients: Object.fromEntries(
      services.map((service) => [
        service,
        new ServiceClient(service, {
          pool,
          dispatcher: agent,
          metrics,
          identity: options.identity,
          policy: options.policies?.[service],
        }),
      ]),
    ),
    async resolve(service) {
      const { origin, done } = await pool.pick(service);
      done('unknown');
      return origin;
    },
    // Waits for answers that are under way; the caller's own timeouts bound it.
    close: () => (closing ??= agent.close()),
  };
}

/**
 * Connections are kept for less time than servers keep them (Node: 5 s), and servers' hints are followed: a request
 * must not be written to a socket that the other side is about to close.
 */
export function keepAliveAgent(): Agent {
  return new Agent({
    connections: 64,
    pipelining: 1,
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 60_000,
    keepAliveTimeoutThreshold: 1_000,
    connect: { timeout: 2_000 },
    maxResponseSize: 16 * 1024 * 1024,
    allowH2: false,
  });
}
