/** Entities and events of the spec as the stack has them: names for every place, owners, access, references with their service. */
import type { EntitySpec, Spec } from '../spec/schema.ts';
import type { FieldSpec } from '../spec/values/field.ts';
import { entityNames, snakeCase } from './names.ts';
import type { Entity, EventContract, Field } from './stack.ts';

/** Which service declares an entity; references name entities alone. */
export type EntityHome = ReadonlyMap<string, string>;

export function entityHomes(spec: Spec): EntityHome {
  return new Map(
    Object.entries(spec.services).flatMap(([service, { entities }]) =>
      Object.keys(entities).map((entity) => [entity, service] as const),
    ),
  );
}

export function resolveEntity(name: string, spec: EntitySpec, homes: EntityHome): Entity {
  const { $access, $unique, ...rest } = spec;
  const fields = Object.entries(rest as Record<string, FieldSpec>).map(([field, value]) =>
    resolveField(field, value, homes),
  );
  const owner = ownerOf(fields);
  const changes = owner === undefined ? 'admin' : 'owner';
  return {
    name,
    names: entityNames(name),
    fields,
    ownerField: owner,
    access: {
      read: $access?.read ?? (owner === undefined ? 'user' : 'owner'),
      create: $access?.create ?? (owner === undefined ? 'admin' : 'user'),
      update: $access?.update ?? changes,
      delete: $access?.delete ?? changes,
    },
    unique: $unique ?? [],
  };
}

/** `owner` if it is a user, else the first field that is one. */
function ownerOf(fields: readonly Field[]): string | undefined {
  const users = fields.filter(({ type, list }) => type.kind === 'user' && !list).map(({ name }) => name);
  return users.includes('owner') ? 'owner' : users[0];
}

export function resolveField(name: string, { type, ...field }: FieldSpec, homes: EntityHome): Field {
  return {
    name,
    column: snakeCase(name),
    type: type.kind === 'reference' ? { ...type, service: homes.get(type.entity) ?? '' } : type,
    ...field,
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
