/** What a handler publishes: the event's fields, each from the entity at hand. */
import type { EventContract, Field, FieldType, Stack } from '../../../model/stack.ts';
import type { EntityModel } from '../entity.ts';
import { contractSchema } from '../schema/field-schema.ts';
import { chainText, quote } from '../schema/chain.ts';
import { fit } from '../source.ts';

export type Moment = 'created' | 'updated' | 'deleted';

export interface Publication {
  readonly event: string;
  /** Each field of the event, and where it is in the record: `listingId` from `id`, `note` from `note ?? undefined`. */
  readonly payload: readonly { readonly name: string; readonly source: string }[];
}

export class UnmappedField extends Error {
  readonly event: string;
  readonly field: string;
  readonly entity: string;
  constructor(event: string, field: string, entity: string) {
    super(`${event}: ${entity} has nothing to fill its field ${field} with`);
    this.event = event;
    this.field = field;
    this.entity = entity;
  }
}

/** The event of this moment, if the service publishes it. @throws UnmappedField when the entity cannot fill a required field. */
export function publicationOf(stack: Stack, model: EntityModel, moment: Moment): Publication | undefined {
  const event = `${model.entity.name}.${moment}`;
  if (!model.service.publishes.includes(event)) return undefined;
  const contract = stack.events.find(({ name }) => name === event);
  if (contract === undefined) return undefined;
  return { event, payload: payloadOf(contract, model) };
}

function payloadOf(contract: EventContract, model: EntityModel): { name: string; source: string }[] {
  return contract.fields.flatMap((field) => {
    const source = sourceOf(field, model);
    if (source !== undefined) return [{ name: field.name, source }];
    const maybe = model.entity.fields.find(({ name, optional }) => name === field.name && optional);
    if (field.optional && maybe !== undefined && fits({ ...maybe, optional: false }, field))
      return [{ name: field.name, source: `${maybe.name} ?? undefined` }];
    if (field.optional) return [];
    throw new UnmappedField(contract.name, field.name, model.entity.name);
  });
}

const always: Readonly<Record<string, FieldType['kind']>> = {
  id: 'uuid',
  createdAt: 'datetime',
  updatedAt: 'datetime',
  revision: 'int',
};

function sourceOf(field: Field, { entity, owner }: EntityModel): string | undefined {
  if (field.name === `${entity.names.camel}Id`) return 'id';
  if (Object.hasOwn(always, field.name)) return field.name;
  const same = entity.fields.find(({ name }) => name === field.name);
  if (same !== undefined) return fits(same, field) ? same.name : undefined;
  return owner !== undefined && ['owner', 'ownerId', 'userId'].includes(field.name) && fits(owner, field)
    ? owner.name
    : undefined;
}

/** Whether every value of the entity's field is one of the event's. */
function fits(from: Field, to: Field): boolean {
  if (from.optional || from.list !== to.list) return false;
  const text = [
    'string',
    'text',
    'enum',
    'email',
    'url',
    'currency',
    'uuid',
    'user',
    'reference',
    'date',
    'datetime',
  ];
  const ids = ['uuid', 'user', 'reference'];
  const numbers = ['int', 'number', 'money'];
  const [source, target] = [from.type, to.type];
  if (source.kind === 'enum' && target.kind === 'enum')
    return source.values.every((value) => target.values.includes(value));
  if (source.kind === 'string' && target.kind === 'string') return source.maxLength <= target.maxLength;
  if (target.kind === 'string' || target.kind === 'text') return text.includes(source.kind);
  if (target.kind === 'number') return numbers.includes(source.kind);
  return source.kind === target.kind || (ids.includes(source.kind) && ids.includes(target.kind));
}

/** The entries of `contracts`, in src/events.ts and in the typed client. */
export function contractLine(contract: EventContract): string {
  const fields = contract.fields.map((field) => `${field.name}: ${chainText(contractSchema(field))}`);
  return fit(2, `${quote(contract.name)}: z.object({`, fields, '})', ',');
}
