/** What a new service needs besides what it is asked for: its blueprint says it, and so does a service that has events. */
import { type Blueprint, needsOf, stock } from '../../model/blueprints.ts';
import { capabilities, type Offering, offersBy } from '../../model/capabilities.ts';
import type { AnyKind } from '../../model/resolve-bindings.ts';
import type { Addition } from '../../spec/edit/insert.ts';
import type { Json } from '../../spec/edit/render.ts';
import { at, type LocatedMap, plain } from '../../spec/located.ts';
import { kindOf } from '../../spec/schema.ts';

export type Keys = { readonly [key: string]: Json };

export interface Completed {
  readonly keys: Keys;
  /** Components and events that are not declared yet. */
  readonly additions: readonly Addition[];
}

export function completed(
  keys: Keys,
  root: LocatedMap,
  kinds: readonly AnyKind[],
  blueprints: readonly Blueprint[],
): Completed {
  const blueprint = blueprints.find(({ id, kind }) => kind === 'service' && id === keys['blueprint']);
  const declared = declaredComponents(root, kinds);
  const { database = databaseFor(blueprint, declared) } = keys;
  const publishes = union(keys['publishes'], Object.keys(blueprint?.publishes ?? {}));
  const uses = union(keys['uses'], neededComponents(blueprint, texts(keys['uses']), declared, kinds));
  const all: Keys = {
    ...keys,
    ...(database !== undefined && { database }),
    ...(publishes.length > 0 && { publishes }),
    ...(uses.length > 0 && { uses }),
  };
  const events = Object.entries(blueprint?.publishes ?? {});
  const talks = publishes.length > 0 || texts(keys['subscribes']).length > 0;
  return {
    keys: all,
    additions: [
      ...missing(
        root,
        'component',
        kinds.filter(({ kind }) => kind === database || uses.includes(kind)).map(({ kind }) => [kind, {}]),
      ),
      ...(talks ? brokerIfMissing(root, kinds) : []),
      ...missing(root, 'event', events),
    ],
  };
}

/** Events need a component that carries them. */
export function brokerIfMissing(root: LocatedMap, kinds: readonly AnyKind[]): readonly Addition[] {
  const carries = (offering: Offering): boolean => offersBy(offering, 'messages');
  if (declaredComponents(root, kinds).some(({ kind }) => carries(kind))) return [];
  const broker = kinds.find(carries);
  return broker === undefined ? [] : missing(root, 'component', [[broker.kind, {}]]);
}

interface DeclaredKind {
  readonly name: string;
  readonly kind: AnyKind;
}

function declaredComponents(root: LocatedMap, kinds: readonly AnyKind[]): readonly DeclaredKind[] {
  const components = at(root, ['components']);
  if (components?.kind !== 'map') return [];
  return [...components.entries].flatMap(([name, { value }]) => {
    const own = value.kind === 'map' ? value.entries.get('kind')?.value : undefined;
    const kind = kinds.find((one) => one.kind === kindOf(name, { kind: own && plain(own) }));
    return kind === undefined ? [] : [{ name, kind }];
  });
}

/** Of those that the blueprint can use, one that is there; the base alone need not store anything. */
function databaseFor(
  blueprint: Blueprint | undefined,
  declared: readonly DeclaredKind[],
): string | undefined {
  if (blueprint === undefined || blueprint.id === stock.service) return undefined;
  const present = declared.find(({ kind }) => blueprint.databases.includes(kind.kind));
  return present?.name ?? blueprint.databases[0];
}

function neededComponents(
  blueprint: Blueprint | undefined,
  uses: readonly string[],
  declared: readonly DeclaredKind[],
  kinds: readonly AnyKind[],
): readonly string[] {
  return needsOf(blueprint).flatMap((capability) => {
    if (capabilities[capability].claim !== 'uses') return [];
    const offers = (kind: AnyKind): boolean => kind.capabilities.includes(capability);
    if (kinds.some((kind) => offers(kind) && uses.includes(kind.kind))) return [];
    const found = declared.find(({ kind }) => offers(kind))?.name ?? kinds.find(offers)?.kind;
    return found === undefined ? [] : [found];
  });
}

const missing = (
  root: LocatedMap,
  thing: 'component' | 'event',
  entries: readonly (readonly [name: string, value: Json])[],
): readonly Addition[] =>
  entries
    .map(([name, value]) => ({ path: [`${thing}s`, name], value, levels: 0 }))
    .filter(({ path }) => at(root, path) === undefined);

const texts = (list: Json | undefined): readonly string[] =>
  Array.isArray(list) ? (list as readonly string[]) : [];

const union = (list: Json | undefined, more: readonly string[]): readonly string[] => [
  ...new Set([...texts(list), ...more]),
];
