/** The infrastructure: each kind, its parameters, and servers that run elsewhere. */
import { componentKinds } from '../../../packages/cli/src/components/index.ts';
import { defined, type Draw } from './draw.ts';
import { limits } from './members.ts';

/** Ports as large numbers, which nothing else listens on. */
export type Ports = (wish?: number) => number;

const schemes: Readonly<Record<string, readonly string[]>> = {
  postgres: [
    'postgres://db.example.com:5432',
    'postgresql://user@db.example.com/postgres?sslmode=verify-full',
  ],
  mongodb: [
    'mongodb://db.example.com:27017',
    'mongodb+srv://db.example.com',
    'mongodb://user@db-1.example.com:27017,db-2.example.com:27018/?replicaSet=rs0',
  ],
  redis: ['redis://cache.example.com:6379/0', 'rediss://user@cache.example.com?prefix=others'],
  elasticsearch: ['elasticsearch://search.example.com:9200', 'https://search.example.com/path'],
  rabbitmq: ['amqp://broker.example.com:5672', 'amqps://user@broker.example.com/vhost?exchange=others'],
  smtp: ['smtp://mail.example.com:587', 'smtps://mail.example.com'],
  consul: ['consul://consul.example.com:8500', 'consul+https://consul.example.com'],
  jaeger: ['http://traces.example.com:4318?sample=0.5', 'https://traces.example.com/base'],
};

const versions: Readonly<Record<string, readonly (string | number)[]>> = {
  postgres: [16, '17', 18],
  nginx: ['1.28', 1.29, '1.30'],
  elasticsearch: ['9.4.2'],
};

const others = (kind: string, draw: Draw, port: Ports): Record<string, unknown> => {
  switch (kind) {
    case 'nginx':
      return {
        http: draw.maybe(50, port),
        https: draw.maybe(50, port),
        tls: draw.maybe(50, () => draw.of(['off', 'files', false])),
      };
    case 'rabbitmq':
      return { port: draw.maybe(40, port), managementPort: draw.maybe(40, port) };
    case 'prometheus':
      return {
        port: draw.maybe(40, port),
        retention: draw.maybe(50, () => draw.of(['15d', '1h', '2w', '1y'])),
      };
    case 'smtp':
      return {
        port: draw.maybe(40, port),
        from: draw.maybe(50, () =>
          draw.of(['no-reply@example.com', 'The Shop <shop@example.com>', '"A, B" <a@example.com>']),
        ),
      };
    default:
      return { port: draw.maybe(40, port) };
  }
};

/** A component by its name, which need not be its kind. */
export interface Instance {
  readonly name: string;
  readonly kind: string;
  /** There is an earlier one of its kind. */
  readonly second: boolean;
}

/** Those of which a system has several. */
const severalOf: readonly string[] = ['postgres', 'mongodb', 'redis', 'smtp'];

/** @param named Makes a name that nothing else has. */
export function instances(draw: Draw, kinds: readonly string[], named: () => string): Instance[] {
  return kinds.flatMap((kind) => {
    const first = { name: draw.chance(12) ? named() : kind, kind, second: false };
    return severalOf.includes(kind) && draw.chance(12)
      ? [first, { name: named(), kind, second: true }]
      : [first];
  });
}

/** @param stored Services by the component that they store their data in. */
export function components(
  draw: Draw,
  all: readonly Instance[],
  port: Ports,
  stored: ReadonlyMap<string, readonly string[]>,
): Record<string, unknown> {
  return Object.fromEntries(
    all.map((instance) => [instance.name, component(draw, instance, port, stored.get(instance.name) ?? [])]),
  );
}

/** News of revoked tokens have one place. */
const ofSecond: Readonly<Record<string, readonly string[]>> = { redis: ['cache', 'rate-limit'] };

function component(
  draw: Draw,
  { name, kind, second }: Instance,
  port: Ports,
  services: readonly string[],
): Record<string, unknown> {
  const offered = componentKinds.find((one) => one.kind === kind)?.capabilities ?? [];
  const external = schemes[kind] ?? (draw.chance(20) ? ['https://elsewhere.example.com'] : []);
  return defined({
    kind: name === kind && draw.chance(94) ? undefined : kind,
    offers: second ? ofSecond[kind] : offered.length > 0 ? draw.maybe(6, () => offered) : undefined,
    version: draw.maybe(20, () => draw.of(versions[kind] ?? ['1.2.3'])),
    ...others(kind, draw, port),
    ...(second ? { port: port() } : {}),
    external: external.length > 0 && draw.chance(12) ? address(draw, kind, draw.of(external)) : undefined,
    addresses: draw.maybe(8, () =>
      Object.fromEntries(
        draw
          .some(services, 2)
          .map((name) => [name, `${external[0]?.replace(/(\/\/)/, '$1role@')}/${name.replaceAll('-', '_')}`]),
      ),
    ),
    limits: draw.maybe(15, () => limits(draw)),
    replicas: draw.maybe(5, () => 1),
  });
}

function address(draw: Draw, kind: string, url: string): string {
  const variable = `${kind.toUpperCase()}_URL`;
  return draw.of([url, `\${${variable}}`, `\${${variable}:-${url}}`]);
}
