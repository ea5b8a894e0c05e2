/** What a service is before it listens: everything opened that it needs, and the platform that its own code gets. */
import { collectDefaultMetrics, Registry } from 'prom-client';
import { noRevocations, openRevocations } from '../auth/revocations/index.ts';
import { closedVerifier, createVerifier, type Verifier } from '../auth/verifier.ts';
import { type Clock, systemClock } from '../clock.ts';
import { authenticateAny } from '../http/authenticate.ts';
import { createLogger, type Logger } from '../log.ts';
import { HttpMetrics } from '../metrics/http.ts';
import type { PlatformBase } from '../platform.ts';
import type { PortOptions } from '../port.ts';
import { type Environment, readSetting } from '../settings.ts';
import { openTracer } from '../telemetry/open.ts';
import type { Tracer } from '../telemetry/tracer.ts';
import type { AnyService } from './definition.ts';
import { issuerKeys } from './issuer.ts';
import { type OpenPorts, openPorts } from './ports.ts';

/** Where settings come from, and what takes the place of parts in tests. */
export interface StartOptions {
  readonly env: Environment;
  readonly log?: Logger | undefined;
  readonly clock?: Clock | undefined;
  /** Instead of the one that AUTH_* settings describe. */
  readonly verifier?: Verifier | undefined;
  /** Of other services' tokens, instead of the one that SERVICE_IDENTITIES describes. */
  readonly services?: Verifier | undefined;
  /** Instead of the one that TRACES_URL describes; the caller closes it. */
  readonly tracer?: Tracer | undefined;
  /** Refuse responses that do not fit their schema; default: NODE_ENV is `test`. */
  readonly checkResponses?: boolean | undefined;
  /** Metrics of the process itself; default true. */
  readonly processMetrics?: boolean | undefined;
}

/** How far a service has come. */
export type Phase = 'starting' | 'running' | 'draining';

export interface OpenService {
  readonly name: string;
  readonly instance: string;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly tracer: Tracer | undefined;
  readonly ports: OpenPorts;
  readonly verifier: Verifier;
  readonly platform: PlatformBase;
  /** What `onStop` collected. */
  readonly endings: Readonly<Record<'drain' | 'close', (() => Promise<void> | void)[]>>;
  readonly life: { phase: Phase };
}

/** @throws SettingError for a setting that is missing or wrong; nothing stays open then. */
export async function openService(definition: AnyService, options: StartOptions): Promise<OpenService> {
  const { env, clock = systemClock } = options;
  const name = readSetting(env, 'SERVICE_NAME') ?? definition.name;
  const instance = readSetting(env, 'INSTANCE_ID') ?? `${name}#1`;
  const log = options.log ?? createLogger({ service: name, instance, level: readSetting(env, 'LOG_LEVEL') });
  const metrics = new Registry();
  if (options.processMetrics !== false) collectDefaultMetrics({ register: metrics });
  const own = { service: name, instance, log, metrics, clock, adapters: definition.adapters };
  const ownTracer =
    options.tracer === undefined ? await openTracer(env, { ...own, version: definition.version }) : undefined;
  const tracer = options.tracer ?? ownTracer;
  const portOptions: PortOptions = { ...own, tracer };
  const opened = await openPorts(definition, env, portOptions).catch(async (error: unknown) => {
    await ownTracer?.close();
    throw error;
  });
  const { pubsub } = opened;
  const revoked = pubsub === undefined ? undefined : await openRevocations({ ...portOptions, pubsub });
  const ports: OpenPorts = {
    ...opened,
    checks: [...opened.checks, ...(revoked === undefined ? [] : [revoked.check])],
    async close() {
      await revoked?.close();
      await opened.close();
      // Spans are made until the last port is closed.
      await ownTracer?.close();
    },
  };
  try {
    const known = options.verifier ?? verifierOf(env, ports, clock);
    const verifier = revoked?.guard(known) ?? known;
    const life: { phase: Phase } = { phase: 'starting' };
    const endings: OpenService['endings'] = { drain: [], close: [] };
    const platform = {
      name,
      instance,
      log,
      metrics,
      tracer,
      clock,
      env,
      requests: new HttpMetrics(metrics),
      draining: () => life.phase === 'draining',
      revocations: revoked ?? noRevocations,
      authenticate: (header) => authenticateAny(header, verifier),
      onStop: (moment, work) => void endings[moment].push(work),
      ...ports.members,
    } as PlatformBase;
    return { name, instance, log, metrics, tracer, ports, verifier, platform, endings, life };
  } catch (error) {
    await ports.close();
    throw error;
  }
}

function verifierOf(env: Environment, ports: OpenPorts, clock: Clock): Verifier {
  const keys = issuerKeys(env, ports.resolve);
  return keys === undefined ? closedVerifier : createVerifier({ ...keys, clock });
}
