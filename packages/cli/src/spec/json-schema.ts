/** The JSON Schema of services.yaml for editors: from the zod schema, the kinds of components and the blueprints. */
import { z } from 'zod';
import type { Blueprint } from '../model/blueprints.ts';
import { type CapabilityRow, offersBy } from '../model/capabilities.ts';
import type { AnyKind } from '../model/resolve-bindings.ts';
import { componentKeys, specSchema } from './schema.ts';

/** The keywords of draft 7 that occur here. */
export interface JsonSchema {
  $schema?: string;
  title?: string;
  type?: string | string[];
  description?: string;
  default?: unknown;
  examples?: unknown[];
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  required?: string[];
  properties?: Record<string, JsonSchema>;
  propertyNames?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  [keyword: string]: unknown;
}

const toJson = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: 'input', target: 'draft-07', unrepresentable: 'any' }) as JsonSchema;

export function specJsonSchema(kinds: readonly AnyKind[], blueprints: readonly Blueprint[]): JsonSchema {
  const { $schema, ...schema } = toJson(specSchema);
  const properties = schema.properties ?? {};
  properties['components'] = { ...properties['components'], ...componentsSchema(kinds) };
  choices(properties['gateways'], 'gateway', kinds, blueprints);
  choices(properties['services'], 'service', kinds, blueprints);
  const { environments, name: _name, version: _version, ...overlaid } = properties;
  properties['environments'] = {
    ...environments,
    additionalProperties: { type: 'object', properties: partial(overlaid), additionalProperties: false },
  };
  return { ...($schema !== undefined && { $schema }), title: 'services.yaml', ...schema, properties };
}

function componentsSchema(kinds: readonly AnyKind[]): JsonSchema {
  const { properties: common = {} } = toJson(z.strictObject(componentKeys));
  const ids = kinds.map(({ kind }) => kind);
  const commonFor = (capabilities: readonly string[]): Record<string, JsonSchema> => ({
    ...common,
    ...(common['kind'] && { kind: { ...common['kind'], enum: ids } }),
    ...(common['offers'] && { offers: { ...common['offers'], items: { enum: [...capabilities] } } }),
  });
  const kindSchema = ({ kind: id, description, params, capabilities }: AnyKind): JsonSchema => {
    const { $schema: _, ...schema } = toJson(params);
    const { offers, ...others } = commonFor(capabilities);
    const choice = capabilities.length > 1 && offers !== undefined ? { offers } : {};
    // What is called like a kind is of that kind, in an editor.
    const kind = { ...common['kind'], enum: [id] };
    return { ...schema, description, properties: { ...schema.properties, ...choice, ...others, kind } };
  };
  return {
    properties: Object.fromEntries(kinds.map((kind) => [kind.kind, kindSchema(kind)])),
    // Further parameters are those of its kind.
    additionalProperties: {
      type: 'object',
      description: 'One of several of a kind, under a name of its own.',
      properties: commonFor([...new Set(kinds.flatMap(({ capabilities }) => capabilities))]),
      required: ['kind'],
    },
  };
}

/** Names that an editor can offer. */
function choices(
  group: JsonSchema | undefined,
  kind: Blueprint['kind'],
  kinds: readonly AnyKind[],
  blueprints: readonly Blueprint[],
): void {
  const member =
    typeof group?.additionalProperties === 'object' ? group.additionalProperties.properties : undefined;
  if (!member) return;
  // Components have free names: those of their kinds are what an editor can offer.
  const offering = (claim: CapabilityRow['claim']): JsonSchema => ({
    anyOf: [{ enum: kinds.filter((one) => offersBy(one, claim)).map((one) => one.kind) }, { type: 'string' }],
  });
  if (member['blueprint']) {
    const { type, ...rest } = member['blueprint'];
    // Those of the installation to choose from; a project has its own beside them.
    const names = blueprints.filter((blueprint) => blueprint.kind === kind).map(({ id }) => id);
    member['blueprint'] = { ...rest, anyOf: [{ enum: names }, { ...(type !== undefined && { type }) }] };
  }
  if (member['database']) {
    const { type: _, ...database } = member['database'];
    member['database'] = { ...database, ...offering('store') };
  }
  if (member['uses']?.items) member['uses'].items = offering('uses');
}

/** An overlay says only what differs, and null removes a key. */
function partial(properties: Record<string, JsonSchema>): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, overlay(schema)]));
}

function overlay({ required: _required, default: _default, description, ...schema }: JsonSchema): JsonSchema {
  if (schema.type !== 'object') return { ...schema, ...(description !== undefined && { description }) };
  return {
    ...schema,
    ...(description !== undefined && { description }),
    type: ['object', 'null'],
    ...(schema.properties && { properties: partial(schema.properties) }),
    ...(typeof schema.additionalProperties === 'object' && {
      additionalProperties: overlay(schema.additionalProperties),
    }),
  };
}
