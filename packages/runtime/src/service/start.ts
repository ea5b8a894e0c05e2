/**
 * Brings a service up, and down again without losing a request.
 *
 * @setting SERVICE_NAME Name in logs, metrics, events and the registry. Default: the definition's.
 * @setting INSTANCE_ID Tells replicas apart: `booking-service#2`. Default: the name with `#1`.
 * @setting INSTANCE_FILE Where the process writes its pid, port and instance as JSON once it listens; for supervisors.
 * @setting LOG_LEVEL `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`. Default: `info`.
 * @setting NODE_ENV `test`: responses are checked against their schemas, and a wrong one is a 500.
 * @setting DRAIN_DELAY_MS Pause between leaving the registry and refusing connections, in milliseconds, for callers to notice. Default: 3000, or 0
 * with a `file:` registry or none.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { systemClock } from '../clock.ts';
import { readBodyLimit } from '../http/body.ts';
import { expressFallback } from '../http/express.ts';
import type { Route } from '../http/route.ts';
import { createHttpServer } from '../http/server.ts';
import { ReadinessProbe } from '../health/readiness.ts';
import { Idempotency } from '../idempotency/idempotency.ts';
import type { Logger } from '../log.ts';
import { BASE_PATH } from '../openapi/document.ts';
import type { PlatformBase } from '../platform.ts';
import { bounds } from '../bounds.ts';
import { type Environment, readInteger, readSetting } from '../settings.ts';
import type { AnyService, Stop } from './definition.ts';
import { documentOf } from './document.ts';
import { type Address, advertisedHost, listen, writeInstanceFile } from './listen.ts';
import { operationalEndpoints } from './operational.ts';
import { dividedEndpoints, openOperations, type Operations } from './operations.ts';
import { serviceVerifier } from './identity.ts';
import { openService, type StartOptions } from './open.ts';
import type { OpenPorts } from './ports.ts';

export type { StartOptions } from './open.ts';

/** A service that listens. */
export interface RunningService extends Address {
  /** `http://127.0.0.1:4001` */
  readonly url: string;
  readonly platform: PlatformBase;
  readonly log: Logger;
  /** Drains: not ready any more, finishes what is under way, closes everything. @returns whether all of it ended in time. */
  stop(): Promise<boolean>;
}

/** Longest that a drain may take, in milliseconds. */
const DRAIN_LIMIT = 10_000;

/**
 * Opens what the service needs, listens, and hands back the way to stop it. Installs no signal handlers: see `run`.
 * @throws SettingError for a setting that is missing or wrong; nothing stays open then.
 */
export async function start(definition: AnyService, options: StartOptions): Promise<RunningService> {
  const { env, clock = systemClock } = options;
  // Read now, so that what is wrong with it shows before it is needed.
  const delay = drainDelay(env);
  const startedAt = new Date(clock.now());
  const opened = await openService(definition, options);
  const { name, instance, log, metrics, tracer, ports, verifier, platform, endings, life } = opened;
  try {
    const { requests, draining } = platform;
    const readiness = new ReadinessProbe(ports.checks, () => life.phase, log);
    const routes = definition.routes(platform);
    const document = () => documentOf(definition);
    const idempotency = idempotencyOf(routes, ports.idempotency, log);
    if (idempotency !== undefined) endings.close.push(() => idempotency.close());
    const endpoints = dividedEndpoints(
      env,
      operationalEndpoints({
        readiness,
        metrics,
        openapi: definition.fallback === undefined ? document : undefined,
      }),
    );
    const server = createHttpServer({
      routes,
      idempotency,
      basePath: definition.basePath ?? BASE_PATH,
      log,
      metrics: requests,
      verifier,
      services: options.services ?? serviceVerifier(env, { service: name, clock, log }),
      checkResponses: options.checkResponses ?? env['NODE_ENV'] === 'test',
      draining,
      bodyLimit: readBodyLimit(env),
      tracer,
      operational: endpoints.shared,
      fallback:
        definition.fallback?.(platform, document) ?? (await expressFallback(definition.express, platform)),
    });
    const connections = openConnections(server);
    const upgrade = definition.upgrade?.(platform);
    if (upgrade !== undefined) server.on('upgrade', upgrade);

    const stopConsumers = await ports.consume(definition.consumers?.(platform) ?? []);
    let address: Address;
    let stopTask: Stop | undefined;
    let operations: Operations | undefined;
    try {
      address = await listen(server, env);
      if (endpoints.own !== undefined) operations = await openOperations(env, endpoints.own);
      stopTask = (await definition.start?.(platform)) ?? undefined;
      const file = readSetting(env, 'INSTANCE_FILE');
      const ports = { port: address.port, operationsPort: operations?.port };
      if (file !== undefined) await writeInstanceFile(file, instance, ports, startedAt);
    } catch (error) {
      server.close();
      operations?.close();
      await stopConsumers();
      throw error;
    }
    life.phase = 'running';
    const url = `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
    // Health is asked for until the end.
    endings.close.push(() => operations?.close());
    log.info({ url, version: definition.version, operationsPort: operations?.port }, 'listening');
    // Whoever starts it by hand sees at once what is missing, without asking.
    void readiness.read();
    const leave = ports.registry?.register({
      service: name,
      instance,
      host: advertisedHost(env, address),
      port: address.port,
      ready: async () => (await readiness.read()).ready,
    });

    /** What cannot be ended keeps nothing else from it, least of all the requests under way. */
    const ended = async (end: Stop | undefined): Promise<void> => {
      try {
        await end?.();
      } catch (error) {
        log.error({ err: error }, 'something did not end cleanly');
      }
    };
    const drain = async (): Promise<boolean> => {
      life.phase = 'draining';
      log.info('draining');
      await ended(leave);
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
      const work = (async () => {
        await Promise.all([
          closeServer(server, connections),
          ...[stopConsumers, stopTask, ...endings.drain].map(ended),
        ]);
        await Promise.all(endings.close.map(ended));
        await ended(ports.close);
      })();
      const inTime = await within(work, DRAIN_LIMIT);
      if (!inTime) server.closeAllConnections();
      log.info({ inTime }, 'stopped');
      return inTime;
    };
    let stopping: Promise<boolean> | undefined;
    return { ...address, url, platform, log, stop: () => (stopping ??= drain()) };
  } catch (error) {
    await ports.close();
    throw error;
  }
}

/** @throws TypeError for a route that takes keys in a service that cannot keep answers. */
function idempotencyOf(
  routes: readonly Route[],
  store: OpenPorts['idempotency'],
  log: Logger,
): Idempotency | undefined {
  const route = routes.find(({ idempotencyKey }) => idempotencyKey);
  if (route === undefined) return undefined;
  if (store === undefined)
    throw new TypeError(
      `${route.method} ${route.path} takes an Idempotency-Key, but there is no store to keep its answers in: declare needs.database.`,
    );
  return new Idempotency({ ...store, log });
}

/** Without a supervisor that took the instance out of the registry first, callers need a moment to notice. */
function drainDelay(env: Environment): number {
  const removedAlready = readSetting(env, 'REGISTRY_URL')?.startsWith('file:') ?? true;
  return readInteger(env, 'DRAIN_DELAY_MS', {
    ...bounds.drainDelayMs,
    default: removedAlready ? 0 : bounds.drainDelayMs.default,
  });
}

function openConnections(server: Server): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return open;
}

/** Idle connections end at once, busy ones after the answer that they wait for. */
function closeServer(server: Server, connections: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    // Balancers and browsers connect ahead of need. Node takes a connection on which nothing was ever asked for a busy one.
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
  });
}

async function within(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const result = await Promise.race([work.then(() => true), timeout]);
  clearTimeout(timer);
  return result;
}
