/** Random systems in the language of services.yaml: nearly all of them valid, all of them odd. */
import fc from 'fast-check';
import { stockBlueprints } from '../../../packages/cli/src/spec/blueprints/load.ts';
import { collisionKey, camelCase } from '../../../packages/cli/src/model/names.ts';
import { components, instances, type Ports } from './components.ts';
import { defined, Draw } from './draw.ts';
import { entities, type Entities } from './entities.ts';
import { field } from './fields.ts';
import { limits, member, slo, type Surroundings } from './members.ts';
import { entityName, eventName, fieldName, Names, serviceName } from './names.ts';
import { oneLine } from './text.ts';

/** What YAML would be parsed to. */
export type RandomSpec = Record<string, unknown>;

export interface SpecOptions {
  /** Numbers of services to draw from. */
  readonly services?: readonly number[];
  /** Numbers of entities that a service with a database can have. */
  readonly entities?: readonly number[];
}

const blueprints = stockBlueprints().all;
const stores = ['postgres', 'postgres', 'postgres', 'mongodb', 'elasticsearch'];
const infrastructure = [
  'redis',
  'rabbitmq',
  'smtp',
  'consul',
  'nginx',
  'prometheus',
  'grafana',
  'jaeger',
  'elasticsearch',
  'mongodb',
  'postgres',
];
/** Blueprints of services, with what they store their data in. */
const forServices: readonly (readonly [string, readonly string[]])[] = [
  ['crud', ['postgres', 'mongodb', 'elasticsearch']],
];

export const randomSpec = (options: SpecOptions = {}): fc.Arbitrary<RandomSpec> =>
  fc.gen().map((generator) => build(new Draw(generator), options));

/** The `count` specs of this seed; the same ones every time. */
export const sampleSpecs = (seed: number, count: number, options: SpecOptions = {}): RandomSpec[] =>
  fc.sample(randomSpec(options), { seed, numRuns: count });

function build(draw: Draw, options: SpecOptions): RandomSpec {
  const names = new Names();
  const named = (): string => names.unique(() => serviceName(draw, names.all), collisionKey);
  const serviceNames = draw.times(draw.of(options.services ?? [0, 1, 1, 2, 2, 3, 4, 6, 12]), named);
  const gatewayNames = draw.times(draw.of(serviceNames.length === 0 ? [1, 2] : [0, 1, 1, 2]), () =>
    draw.chance(30)
      ? names.unique(() => draw.of(['api-gateway', 'websocket-gateway']), collisionKey)
      : named(),
  );
  const port = ports(draw);
  const kindShapes = serviceNames.map((name, index) => shapeOf(draw, name, index));
  const counts = new Map(
    kindShapes.map(({ name, database }) => [
      name,
      database === undefined ? 0 : draw.of(options.entities ?? [0, 1, 1, 2, 3]),
    ]),
  );
  const data = entities(draw, counts);
  const events = eventsOf(draw, data, kindShapes);
  const kinds = kindsOf(draw, kindShapes, Object.keys(events.all).length > 0);
  const placed = instances(draw, kinds, named);
  const nameOf = (kind: string): string => draw.of(placed.filter((instance) => instance.kind === kind)).name;
  const shapes = kindShapes.map((shape) => ({
    ...shape,
    database: shape.database === undefined ? undefined : nameOf(shape.database),
  }));
  const rateLimits = limitsOf(draw);
  const around: Surroundings = {
    components: kinds,
    named: nameOf,
    first: (kind) => placed.find((instance) => instance.kind === kind)?.name ?? kind,
    services: serviceNames,
    rateLimits: Object.keys(rateLimits),
    events: Object.keys(events.all),
  };
  const services = Object.fromEntries(
    shapes.map(({ name, blueprint, database }) => [
      name,
      defined({
        ...member(draw, name, port(), around, events.ofService.get(name)),
        blueprint,
        database,
        extensions:
          database === 'postgres'
            ? draw.maybe(12, () => draw.some(['btree_gist', 'citext', 'pg_trgm']))
            : undefined,
        renamedFrom:
          database === undefined ? undefined : draw.maybe(6, () => `former-${draw.below(1_000_000)}`),
        entities: data.byService.get(name),
      }),
    ]),
  );
  const gateways = Object.fromEntries(
    gatewayNames.map((name) => [
      name,
      defined({
        ...gateway(draw, name, member(draw, name, port(), around), around),
      }),
    ]),
  );
  const filled = (group: Record<string, unknown>): Record<string, unknown> | undefined =>
    Object.keys(group).length > 0 ? group : undefined;
  return defined({
    name: serviceName(draw),
    version: 1,
    description: draw.maybe(30, () => oneLine(draw)),
    defaults: draw.maybe(30, () =>
      defined({
        replicas: draw.maybe(40, () => draw.of([1, 2])),
        limits: draw.maybe(50, () => limits(draw)),
        slo: draw.maybe(50, () => slo(draw)),
      }),
    ),
    components: filled(components(draw, placed, port, storedIn(shapes))),
    rateLimits: filled(rateLimits),
    bodyLimit: draw.maybe(20, () => draw.of(['64K', '1M', '1.5M', '10M'])),
    trustedProxies: draw.maybe(15, () => draw.some(['127.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32'])),
    roles: rolesOf(draw, JSON.stringify(services).includes('"host"')),
    events: filled(events.all),
    gateways: filled(gateways),
    services: filled(services),
    environments: draw.maybe(40, () =>
      environments(draw, {
        services,
        gateways,
        rateLimits,
        components: placed.map(({ name }) => name),
      }),
    ),
  });
}

/** Those of the tests' people; what access rules name has to be among them. */
const rolesOf = (draw: Draw, named: boolean): unknown =>
  draw.of([
    ...(named ? [] : [undefined, ['admin'], ['reader']]),
    ['guest', 'host'],
    ['admin', 'host', 'guest'],
    { guest: oneLine(draw), host: null },
  ]);

interface Shape {
  readonly name: string;
  readonly blueprint: string | undefined;
  readonly database: string | undefined;
}

function shapeOf(draw: Draw, name: string, index: number): Shape {
  if (index === 0 && draw.chance(12)) return { name, blueprint: 'auth', database: 'postgres' };
  if (draw.chance(15)) {
    const [blueprint, databases] = draw.of(forServices);
    return { name, blueprint, database: draw.of(databases) };
  }
  return { name, blueprint: undefined, database: draw.maybe(75, () => draw.of(stores)) };
}

function storedIn(shapes: readonly Shape[]): Map<string, string[]> {
  const stored = new Map<string, string[]>();
  for (const { name, database } of shapes)
    if (database !== undefined) stored.set(database, [...(stored.get(database) ?? []), name]);
  return stored;
}

function kindsOf(draw: Draw, shapes: readonly Shape[], events: boolean): string[] {
  const needed = shapes.flatMap(({ blueprint, database }) => [
    ...(database === undefined ? [] : [database]),
    ...(blueprint === 'auth' ? ['rabbitmq'] : []),
  ]);
  // Gateways limit rates and push events.
  return [
    ...new Set([
      ...needed,
      'redis',
      'rabbitmq',
      ...draw.some(infrastructure),
      ...(events ? ['rabbitmq'] : []),
    ]),
  ];
}

function gateway(
  draw: Draw,
  name: string,
  common: Record<string, unknown>,
  { components: kinds, named: nameOf, first, events }: Surroundings,
): Record<string, unknown> {
  const usable = ['smtp', 'elasticsearch'].filter((kind) => kinds.includes(kind));
  const named = name === 'api-gateway' || name === 'websocket-gateway';
  const blueprint = named ? undefined : draw.of([undefined, 'api-gateway', 'websocket-gateway']);
  const pushes = (blueprint ?? name) === 'websocket-gateway';
  return {
    ...common,
    blueprint: pushes && events.length === 0 && !named ? undefined : blueprint,
    ...(pushes && events.length > 0 ? { subscribes: [draw.of(events)] } : {}),
    public: draw.maybe(60, () => draw.chance(70)),
    // Pub/sub has one place.
    uses: [first('redis'), ...draw.some(usable).map(nameOf)],
  };
}

function limitsOf(draw: Draw): Record<string, unknown> {
  const names = new Names();
  return Object.fromEntries(
    draw.times(draw.of([0, 1, 2, 3]), () => [
      names.unique(
        () => serviceName(draw, names.all),
        (name) => name,
      ),
      defined({
        rate: draw.chance(4)
          ? draw.of(['100/h', '2.5/m'])
          : draw.of(['100/s', '5/s', '30/m', '60/h', '0.5/s', '1000/s', '7/m']),
        burst: draw.maybe(60, () => draw.of([0, 1, 50, 1_000_000])),
      }),
    ]),
  );
}

interface Events {
  readonly all: Record<string, unknown>;
  readonly ofService: ReadonlyMap<string, readonly string[]>;
}

/** Free ones, and those that services publish by themselves when an entity changes. */
function eventsOf(draw: Draw, data: Entities, shapes: readonly Shape[]): Events {
  const names = new Names();
  const all: Record<string, unknown> = {};
  for (const name of draw.times(draw.of([0, 0, 1, 2, 4]), () =>
    names.unique(
      () => eventName(draw),
      (text) => text,
    ),
  ))
    all[name] = contract(
      draw,
      Object.fromEntries(draw.times(draw.of([0, 1, 3]), () => [fieldName(draw), undefined])),
    );
  const ofService = new Map<string, string[]>();
  // What blueprints publish, they publish of themselves.
  for (const { name, blueprint } of shapes) {
    const published = blueprints.find(({ id }) => id === (blueprint ?? 'crud'))?.publishes ?? {};
    Object.assign(all, published);
    ofService.set(name, Object.keys(published));
  }
  for (const [service, declared] of data.byService) {
    for (const entity of Object.keys(declared)) {
      if (!draw.chance(35)) continue;
      const fields = data.fields.get(entity) ?? {};
      const carried = draw.some(Object.keys(fields), 4).map((name) => [name, eventField(fields[name])]);
      for (const moment of draw.some(['created', 'updated', 'deleted'])) {
        all[`${entity}.${moment}`] = { [`${camelCase(entity)}Id`]: 'uuid', ...Object.fromEntries(carried) };
        ofService.set(service, [...(ofService.get(service) ?? []), `${entity}.${moment}`]);
      }
    }
  }
  return { all, ofService };
}

const contract = (draw: Draw, fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.keys(fields).map((name) => [name, field(draw, { service: '', targets: [], ofEntity: false })]),
  );

/** The type that the entity's field has; defaults, uniqueness and ownership are none of an event's business. */
function eventField(declared: unknown): unknown {
  const { type, optional } = (
    typeof declared === 'string' ? { type: declared, optional: undefined } : declared
  ) as { type: string; optional?: boolean };
  const text = type.replace(/\s*=.*$/s, '');
  return optional === true && !text.endsWith('?') ? `${text}?` : text;
}

interface Overlaid {
  readonly services: Record<string, unknown>;
  readonly gateways: Record<string, unknown>;
  readonly rateLimits: Record<string, unknown>;
  readonly components: readonly string[];
}

function environments(
  draw: Draw,
  { services, gateways, rateLimits, components: declared }: Overlaid,
): Record<string, unknown> {
  const names = new Names();
  const members = (group: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(
      draw.some(Object.keys(group), 3).map((name) => [
        name,
        defined({
          replicas: draw.maybe(60, () => draw.between(1, 6)),
          description: draw.of([undefined, null, 'Another one']),
          limits: draw.maybe(30, () => limits(draw)),
        }),
      ]),
    );
  return Object.fromEntries(
    draw.times(draw.between(1, 2), () => [
      names.unique(
        () => draw.of(['production', 'staging', serviceName(draw)]),
        (name) => name,
      ),
      defined({
        description: draw.maybe(20, () => oneLine(draw)),
        defaults: draw.maybe(30, () => ({
          replicas: draw.between(1, 3),
          limits: limits(draw),
          slo: slo(draw),
        })),
        components: draw.maybe(30, () =>
          Object.fromEntries(draw.some(declared, 2).map((name) => [name, { limits: limits(draw) }])),
        ),
        rateLimits: draw.maybe(20, () =>
          Object.fromEntries(
            draw.some(Object.keys(rateLimits)).map((name) => [name, { burst: draw.below(9) }]),
          ),
        ),
        bodyLimit: draw.maybe(10, () => '2M'),
        trustedProxies: draw.maybe(10, () => ['192.168.0.0/16']),
        roles: draw.maybe(10, () => ['guest', 'host', 'auditor']),
        events: draw.maybe(20, () => ({ 'only.here': { at: 'datetime' } })),
        gateways: draw.maybe(40, () => members(gateways)),
        services: draw.maybe(60, () => members(services)),
      }),
    ]),
  );
}

/** From 20,000 on, each once: nothing else listens there by default. */
function ports(draw: Draw): Ports {
  const taken = new Set<number>();
  return () => {
    let port = draw.between(20_000, 60_000);
    while (taken.has(port)) port += 1;
    taken.add(port);
    return port;
  };
}

/** For tests of one part: a name of each kind. */
export const nameKinds = { serviceName, entityName, fieldName, eventName };
