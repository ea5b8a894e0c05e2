import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestServer } from './server.ts';

const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
const installed = join(cache, 'hometrip', 'servers', 'jaeger');

export interface JaegerSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly name: string;
  readonly service: string;
  /** Microseconds since the epoch. */
  readonly startedAt: number;
  readonly duration: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Of the process: `service.version` and the like. */
  readonly resource: Readonly<Record<string, unknown>>;
}

export interface TestJaeger extends TestServer {
  /** Asks the API behind its web page. Empty for a trace that it does not know. */
  trace(traceId: string): Promise<readonly JaegerSpan[]>;
}

/** A single Jaeger with traces on disk. Its URL is that of the OTLP receiver. */
export async function startJaeger(): Promise<TestJaeger> {
  if (!existsSync(join(installed, 'version')))
    throw new Error('There is no Jaeger: run scripts/servers/jaeger.sh first.');
  const folder = await mkdtemp(join(tmpdir(), 'jaeger-'));
  const [otlp, http, grpc] = (await freePorts(3)) as [number, number, number];
  const config = join(folder, 'config.json');
  await writeFile(config, JSON.stringify(configuration(folder, { otlp, http, grpc })));
  let child: ChildProcess | undefined;
  const abandon = () => child?.kill('SIGKILL');
  process.once('exit', abandon);

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null) return;
    const ended = once(ending, 'exit');
    ending.kill(signal);
    await ended;
  };
  const start = async (): Promise<void> => {
    let log = '';
    const started = spawn(join(installed, 'jaeger'), ['--config', config], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    const collect = (chunk: Buffer) => (log = (log + String(chunk)).slice(-2_000));
    started.stdout.on('data', collect);
    started.stderr.on('data', collect);
    const limit = performance.now() + 60_000;
    while (
      !(
        (await answers(`http://127.0.0.1:${http}/api/services`)) &&
        (await answers(`http://127.0.0.1:${otlp}/`))
      )
    ) {
      if (started.exitCode !== null || performance.now() > limit)
        throw new Error(`Jaeger does not start: ${log}`);
      await sleep(50);
    }
  };
  await start();
  return {
    name: `Jaeger ${readFileSync(join(installed, 'version'), 'utf8').trim().replace(/^v/, '')}`,
    url: new URL(`http://127.0.0.1:${otlp}`),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    start,
    async trace(traceId) {
      const answer = await fetch(`http://127.0.0.1:${http}/api/traces/${traceId}`);
      if (answer.status === 404) return [];
      const { data } = (await answer.json()) as { data: readonly Trace[] };
      return data.flatMap(spansOf);
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', abandon);
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configuration(folder: string, ports: Record<'otlp' | 'http' | 'grpc', number>): object {
  const at = (port: number) => ({ endpoint: `127.0.0.1:${port}` });
  return {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query'],
      pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: { metrics: { level: 'none' }, logs: { level: 'warn' } },
    },
    extensions: {
      jaeger_query: { storage: { traces: 'disk' }, http: at(ports.http), grpc: at(ports.grpc) },
      jaeger_storage: {
        backends: {
          disk: {
            badger: {
              directories: { keys: join(folder, 'keys'), values: join(folder, 'values') },
              ephemeral: false,
              consistency: true,
            },
          },
        },
      },
    },
    receivers: { otlp: { protocols: { http: at(ports.otlp) } } },
    exporters: { jaeger_storage_exporter: { trace_storage: 'disk' } },
  };
}

interface Tag {
  readonly key: string;
  readonly value: unknown;
}
interface Trace {
  readonly spans: readonly {
    readonly traceID: string;
    readonly spanID: string;
    readonly operationName: string;
    readonly processID: string;
    readonly startTime: number;
    readonly duration: number;
    readonly references: readonly { readonly refType: string; readonly spanID: string }[];
    readonly tags: readonly Tag[];
  }[];
  readonly processes: Readonly<
    Record<string, { readonly serviceName: string; readonly tags: readonly Tag[] }>
  >;
}

const named = (tags: readonly Tag[]) => Object.fromEntries(tags.map(({ key, value }) => [key, value]));

function spansOf({ spans, processes }: Trace): readonly JaegerSpan[] {
  return spans.map((span) => ({
    traceId: span.traceID,
    spanId: span.spanID,
    parentId: span.references.find(({ refType }) => refType === 'CHILD_OF')?.spanID,
    name: span.operationName,
    service: processes[span.processID]?.serviceName ?? '',
    startedAt: span.startTime,
    duration: span.duration,
    attributes: named(span.tags),
    resource: named(processes[span.processID]?.tags ?? []),
  }));
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
