import { defined } from '../../files/serialise.ts';
import { resolveExpression, type Expression, type Reference } from '../../model/expression.ts';
import { mountedPath } from '../../model/mounted-path.ts';
import type { Port, Probe, Stack, Workload } from '../../model/stack.ts';

/** One container of docker-compose.yml. */
export function composeService(workload: Workload, stack: Stack): Record<string, unknown> {
  const published =
    workload.kind === 'component' ? workload.ports.filter((port) => port.published !== undefined) : [];
  return defined({
    image: workload.image ?? `${stack.name}/${workload.name}:\${HOMETRIP_TAG:-dev}`,
    build: workload.source === undefined ? undefined : { context: `./${workload.source}` },
    command: workload.command?.map(literal),
    user: workload.user ?? (workload.kind === 'component' ? undefined : '${HOMETRIP_USER:-1000:1000}'),
    environment: optional(environmentOf(workload, stack)),
    secrets: optional([...new Set(workload.secrets.map(({ secret }) => secret))]),
    ports: optional(published.map(publish)),
    volumes: optional([
      ...workload.volumes.map(({ name, path }) => ({ type: 'volume', source: name, target: path })),
      ...workload.files.map(({ source, path }) => ({
        type: 'bind',
        source: `./${source}`,
        target: path,
        read_only: true,
      })),
    ]),
    networks: workload.networks,
    depends_on: optional(
      Object.fromEntries(
        [...workload.dependsOn].sort().map((name) => [name, { condition: 'service_healthy' }]),
      ),
    ),
    healthcheck: healthcheck(workload.health, workload),
    deploy: {
      replicas: workload.replicas,
      resources: {
        limits: {
          cpus: String(workload.limits.cpus),
          memory: `${Math.round(workload.limits.memory / 2 ** 20)}M`,
        },
      },
    },
    init: true,
    restart: 'unless-stopped',
    stop_grace_period: `${workload.stopGrace}s`,
    read_only: workload.readOnly || undefined,
    tmpfs: optional(workload.scratch),
    cap_drop: ['ALL'],
    cap_add: optional(workload.capabilities),
    security_opt: ['no-new-privileges:true'],
    logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
  });
}

/** Everything but the edge is published on the loopback interface only. */
function publish({ container, published, public: open }: Port): Record<string, unknown> {
  return defined({
    target: container,
    published: String(published),
    host_ip: open ? undefined : '127.0.0.1',
    protocol: 'tcp',
    mode: 'host',
  });
}

function environmentOf(workload: Workload, stack: Stack): Record<string, string> {
  const values = Object.entries(workload.environment).map(([name, value]): [string, string] => [
    name,
    resolve(value, workload, stack),
  ]);
  const secrets = workload.secrets.map(({ secret, env }): [string, string] => [
    env,
    `/run/secrets/${secret}`,
  ]);
  const adjustable =
    'LOG_LEVEL' in workload.environment ? [['LOG_LEVEL', '${LOG_LEVEL:-info}'] as const] : [];
  return Object.fromEntries([...values, ...secrets, ...adjustable].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Compose resolves names by DNS: a workload's host is its name. */
function resolve(value: Expression, workload: Workload, stack: Stack): string {
  if (typeof value === 'string') return literal(value);
  const lookup = (reference: Reference): string => {
    if (reference.kind === 'environment')
      return reference.fallback === undefined
        ? `\${${reference.variable}:?set ${reference.variable} in .env}`
        : `\${${reference.variable}:-${literal(reference.fallback)}}`;
    if (reference.kind === 'host') return reference.workload;
    if (reference.kind === 'file') return mountedPath(workload, reference.source) ?? reference.source;
    const port = stack.workloads
      .find(({ name }) => name === reference.workload)
      ?.ports.find(({ name }) => name === reference.port);
    return `${reference.workload}:${port?.container}`;
  };
  return resolveExpression(
    { parts: value.parts.map((part) => (typeof part === 'string' ? literal(part) : part)) },
    lookup,
  );
}

function healthcheck(probe: Probe, workload: Workload): Record<string, unknown> {
  return {
    test: ['CMD', ...probeCommand(probe, workload).map(literal)],
    interval: '10s',
    timeout: '5s',
    retries: 5,
    start_period: `${probe.startPeriodSeconds}s`,
    start_interval: '1s',
  };
}

/** HTTP probes run inside the container, with the program that is there: node in our images, busybox wget in the others. */
function probeCommand(probe: Probe, workload: Workload): readonly string[] {
  if (probe.kind === 'exec') return probe.command;
  const port = workload.ports.find(({ name }) => name === probe.port)?.container;
  const url = `http://127.0.0.1:${port}${probe.path}`;
  if (workload.source === undefined) return ['wget', '--quiet', '--output-document=/dev/null', url];
  return [
    'node',
    '-e',
    `fetch('${url}').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))`,
  ];
}

/** A dollar sign of ours is no variable of Compose. */
const literal = (text: string): string => text.replaceAll('$', '$$$$');

function optional<T extends readonly unknown[] | Record<string, unknown>>(value: T): T | undefined {
  return (Array.isArray(value) ? value.length : Object.keys(value).length) === 0 ? undefined : value;
}
