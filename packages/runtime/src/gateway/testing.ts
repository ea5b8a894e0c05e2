/** For tests: services that answer as the test wants, behind a real gateway, all on free ports. */
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVerifier, type Verifier } from '../auth/verifier.ts';
import { systemClock } from '../clock.ts';
import type { Logger } from '../log.ts';
import { defineService } from '../service/definition.ts';
import { type RunningService, start } from '../service/start.ts';
import type { Tracer } from '../telemetry/tracer.ts';
import { portOptions } from '../testing/port-options.ts';
import { testIssuer } from '../testing/tokens.ts';
import { createEdge } from './edge.ts';

export interface TestBackend {
  readonly port: number;
  readonly server: Server;
  /** Stops listening and cuts what is open. */
  close(): Promise<void>;
}

export async function testBackend(listener: RequestListener): Promise<TestBackend> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return { port, server, close };
}

export interface TestEdge {
  readonly url: string;
  readonly service: RunningService;
  /** Replaces gateway/routes.json. */
  routes(table: object | string): void;
  /** Replaces the registry: ports by service. */
  instances(services: Readonly<Record<string, readonly number[]>>): void;
  close(): Promise<void>;
}

export interface TestEdgeOptions {
  readonly table: object;
  readonly instances: Readonly<Record<string, readonly number[]>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly log?: Logger;
  readonly tracer?: Tracer;
  readonly verifier?: Verifier;
}

export async function testEdge(options: TestEdgeOptions): Promise<TestEdge> {
  const { table, instances, env, log, tracer, verifier } = options;
  const folder = mkdtempSync(join(tmpdir(), 'edge-'));
  const files = { routes: join(folder, 'routes.json'), registry: join(folder, 'registry.json') };
  let version = 0;
  const replace = (file: string, content: object | string) => {
    writeFileSync(`${file}.new`, typeof content === 'string' ? content : JSON.stringify(content));
    renameSync(`${file}.new`, file);
  };
  const register = (services: TestEdgeOptions['instances']) => {
    version += 1;
    const entries = Object.entries(services).map(([service, ports]) => [
      service,
      ports.map((port, index) => ({ instance: `${service}#${index + 1}`, host: '127.0.0.1', port })),
    ]);
    replace(files.registry, { version, services: Object.fromEntries(entries) });
  };
  replace(files.routes, table);
  register(instances);
  const definition = defineService({
    name: 'api-gateway',
    version: '1.0.0',
    needs: { rateLimit: true },
    routes: () => [],
    fallback: createEdge,
  });
  const service = await start(definition, {
    env: {
      GATEWAY_ROUTES_FILE: files.routes,
      REGISTRY_URL: `file://${files.registry}`,
      RATE_LIMIT_URL: 'memory:',
      NODE_ENV: 'test',
      ...env,
    },
    log: log ?? portOptions('api-gateway#1').log,
    verifier: verifier ?? createVerifier({ ...(await testIssuer()), clock: systemClock }),
    tracer,
    processMetrics: false,
  }).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    url: service.url,
    service,
    routes: (content) => replace(files.routes, content),
    instances: register,
    async close() {
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A table with one service, `stays`, below /api/v1/stays. */
export const staysTable = (service: object = {}, limit?: { rate: number; burst: number }): object => ({
  routes: [{ prefix: '/api/v1/stays', service: 'stays', ...(limit && { limit: 'api' }) }],
  limits: limit === undefined ? {} : { api: limit },
  services: { stays: service },
});

/** Asks until it holds. @throws Error after five seconds. */
export async function eventually(check: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 5_000;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`it did not come true: ${check.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
