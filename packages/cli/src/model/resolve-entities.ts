/** Entities and events of the spec as the stack has them: names for every place, owners, access, references with their service. */
import { columnOf } from '@hometrip/runtime/names';
import { ownerFieldOf } from '../spec/owner.ts';
import { accessWords, type EntitySpec, type Spec } from '../spec/schema.ts';
import type { FieldSpec } from '../spec/values/field.ts';
import { entityNames } from './names.ts';
import type { Access, Entity, EventContract, Field } from './stack.ts';

/** Which service declares an entity, and which field of it names its owner; references name entities alone. */
export type EntityHome = ReadonlyMap<
  string,
  { readonly service: string; readonly ownerField: string | undefined }
>;

export function entityHomes(spec: Spec): EntityHome {
  return new Map(
    Object.entries(spec.services).flatMap(([service, { entities }]) =>
      Object.entries(entities).map(
        ([entity, declared]) => [entity, { service, ownerField: ownerFieldOf(fieldsOf(declared)) }] as const,
      ),
    ),
  );
}

const fieldsOf = ({
  $access,
  $unique,
  $renamedFrom,
  ...fields
}: EntitySpec): Readonly<Record<string, FieldSpec>> => fields as Record<string, FieldSpec>;

export function resolveEntity(name: string, spec: EntitySpec, homes: EntityHome): Entity {
  const { $access, $unique, $renamedFrom } = spec;
  const declared = fieldsOf(spec);
  const fields = Object.entries(declared).map(([field, value]) => resolveField(field, value, homes));
  const owner = ownerFieldOf(declared);
  const changes = owner === undefined ? 'admin' : 'owner';
  return {
    name,
    names: entityNames(name),
    fields,
    ownerField: owner,
    access: {
      read: accessOf($access?.read ?? (owner === undefined ? 'user' : 'owner')),
      create: accessOf($access?.create ?? (owner === undefined ? 'admin' : 'user')),
      update: accessOf($access?.update ?? changes),
      delete: accessOf($access?.delete ?? changes),
    },
    unique: $unique ?? [],
    renamedFrom: $renamedFrom,
  };
}

/** What is none of the language's own words is a role. */
function accessOf(written: string): Access {
  const own = accessWords.find((word) => word === written);
  return own ?? `role:${written}`;
}

export function resolveField(name: string, { type, mine, ...field }: FieldSpec, homes: EntityHome): Field {
  const target = type.kind === 'reference' ? homes.get(type.entity) : undefined;
  return {
    name,
    column: columnOf(name),
    type: type.kind === 'reference' ? { ...type, service: target?.service ?? '' } : type,
    ...field,
    mine: mine === true ? [target?.ownerField].filter((holder) => holder !== undefined) : mine || [],
  };
}

export function resolveEvents(spec: Spec, homes: EntityHome): EventContract[] {
  const publishers = new Map<string, string[]>();
  const subscribers = new Map<string, string[]>();
  for (const [name, service] of [...Object.entries(spec.gateways), ...Object.entries(spec.services)]) {
    for (const event of new Set(service.publishes))
      publishers.set(event, [...(publishers.get(event) ?? []), name]);
    for (const event of new Set(service.subscribes))
      subscribers.set(event, [...(subscribers.get(event) ?? []), name]);
  }
  return Object.keys(spec.events)
    .sort()
    .map((name) => ({
      name,
      fields: Object.entries(spec.events[name] ?? {}).map(([field, value]) =>
        resolveField(field, value, homes),
      ),
      publishers: (publishers.get(name) ?? []).sort(),
      subscribers: (subscribers.get(name) ?? []).sort(),
    }));
}
