/** What `hometrip add` is asked for, and the entries of services.yaml that say it. */
import type { Blueprint } from '../../model/blueprints.ts';
import type { Port } from '../../model/stack.ts';
import type { AnyKind } from '../../model/resolve-bindings.ts';
import { UserError } from '../../platform/errors.ts';
import type { Addition } from '../../spec/edit/insert.ts';
import { inMemberOrder } from '../../spec/edit/order.ts';
import type { Json } from '../../spec/edit/render.ts';
import { at, child, type Located, type LocatedMap, type Path, plain } from '../../spec/located.ts';
import { suggest } from '../../spec/nearest.ts';
import { refusedPorts } from '../../spec/rules/ports.ts';
import { kindOf } from '../../spec/schema.ts';
import { brokerIfMissing, completed, type Keys } from './completed.ts';
import type { Fields } from './fields.ts';

export type Wish =
  | {
      readonly kind: 'service';
      readonly name: string;
      /** As in services.yaml; without a `port` it gets a free one. */
      readonly keys: Keys;
    }
  | { readonly kind: 'entity'; readonly service: string; readonly name: string; readonly fields: Fields }
  | {
      readonly kind: 'event';
      readonly name: string;
      readonly fields: Fields;
      readonly publishers: readonly string[];
      readonly subscribers: readonly string[];
    }
  | { readonly kind: 'component'; readonly name: string; readonly settings: Fields };

/** Where the thing itself goes. */
export function placeOf(wish: Wish): readonly string[] {
  switch (wish.kind) {
    case 'entity':
      return ['services', wish.service, 'entities', wish.name];
    default:
      return [`${wish.kind}s`, wish.name];
  }
}

/** @throws UserError when something that it goes into is not there. */
export function additionsFor(
  wish: Wish,
  root: LocatedMap,
  kinds: readonly AnyKind[],
  blueprints: readonly Blueprint[],
): readonly Addition[] {
  const path = placeOf(wish);
  switch (wish.kind) {
    case 'service': {
      const { keys, additions } = completed(wish.keys, root, kinds, blueprints);
      const value = inMemberOrder<Json>({ ...keys, port: keys['port'] ?? freePort(root, kinds) });
      return [...additions, { path, value, levels: 3 }];
    }
    case 'entity':
      member(root, wish.service, ['services']);
      return [{ path, value: wish.fields, levels: 1 }];
    case 'event':
      return [
        ...(wish.publishers.length + wish.subscribers.length > 0 ? brokerIfMissing(root, kinds) : []),
        { path, value: wish.fields, levels: 0 },
        ...wish.publishers.flatMap((service) => listed(root, service, 'publishes', wish.name)),
        ...wish.subscribers.flatMap((service) => listed(root, service, 'subscribes', wish.name)),
      ];
    case 'component':
      return [{ path, value: wish.settings, levels: 0 }];
  }
}

function listed(root: LocatedMap, service: string, key: string, event: string): Addition[] {
  const path = member(root, service, ['services', 'gateways']);
  const list = at(root, [...path, key]);
  if (list?.kind === 'list' && list.items.some((item) => plain(item) === event)) return [];
  return [{ path: [...path, key], value: event, append: true, levels: 0 }];
}

/** @returns where it is declared */
function member(root: LocatedMap, name: string, groups: readonly string[]): readonly string[] {
  const group = groups.find((one) => at(root, [one, name]) !== undefined);
  if (group !== undefined) return [group, name];
  throw new UserError(`there is no service "${name}" in services.yaml`, {
    next: [
      suggest(
        name,
        groups.flatMap((one) => keysOf(child(root, one))),
      ),
      `or add it: hometrip add service ${name}`,
    ],
  });
}

/** Behind those of the services; a number that the file or a component has for anything is left alone. */
export function freePort(root: LocatedMap, kinds: readonly AnyKind[]): number {
  const services = at(root, ['services']);
  const last = keysOf(services).map((name) => Number(plainAt(root, ['services', name, 'port']) ?? 0));
  const taken = new Set([...numbersIn(root), ...defaultPorts(root, kinds)]);
  const isFree = (port: number): boolean => !taken.has(port) && !refusedPorts.has(port);
  const first = Math.max(4000, ...last.filter(Number.isInteger)) + 1;
  for (let port = first; port <= 65_535; port++) if (isFree(port)) return port;
  for (let port = 1024; port < first; port++) if (isFree(port)) return port;
  throw new UserError('no port is free', { next: ['name one with --port N'] });
}

function defaultPorts(root: LocatedMap, kinds: readonly AnyKind[]): number[] {
  return keysOf(at(root, ['components'])).flatMap((name) => {
    const own = plainAt(root, ['components', name, 'kind']);
    const kind = kinds.find((one) => one.kind === kindOf(name, { kind: own }));
    const params = kind?.params.safeParse({});
    return kind === undefined || params?.success !== true
      ? []
      : kind.listens(params.data).flatMap(({ published }: Port) => published ?? []);
  });
}

function numbersIn(node: Located): number[] {
  if (node.kind === 'scalar') return typeof node.value === 'number' ? [node.value] : [];
  const inside = node.kind === 'list' ? node.items : [...node.entries.values()].map(({ value }) => value);
  return inside.flatMap(numbersIn);
}

const keysOf = (node: Located | undefined): string[] =>
  node?.kind === 'map' ? [...node.entries.keys()] : [];

function plainAt(root: LocatedMap, path: Path): unknown {
  const node = at(root, path);
  return node === undefined ? undefined : plain(node);
}
