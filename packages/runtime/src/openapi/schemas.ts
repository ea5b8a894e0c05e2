/** JSON Schemas of zod schemas; the named ones become components that everything else refers to. */
import { z } from 'zod';

/** A JSON Schema, draft 2020-12, as OpenAPI 3.1 uses it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Schemas {
  /** By the schema itself: how to refer to it where it is used. */
  readonly input: ReadonlyMap<z.ZodType, JsonSchema>;
  readonly output: ReadonlyMap<z.ZodType, JsonSchema>;
  /** Sorted by name. */
  readonly components: Readonly<Record<string, JsonSchema>>;
}

/** @param inputs What clients send. @param outputs What they get: defaults are filled in there. */
export function jsonSchemas(inputs: readonly z.ZodType[], outputs: readonly z.ZodType[]): Schemas {
  const sent = convert(inputs, 'input');
  const received = convert(outputs, 'output');
  const components: Record<string, JsonSchema> = { ...received.definitions };
  const renamed = new Map<string, string>();
  for (const [name, definition] of Object.entries(sent.definitions)) {
    // A schema with defaults reads differently in each direction; both need a name then.
    const same =
      components[name] === undefined || JSON.stringify(components[name]) === JSON.stringify(definition);
    if (!same) renamed.set(name, `${name}Input`);
    components[same ? name : `${name}Input`] = definition;
  }
  const rename = (value: JsonSchema) => renameReferences(value, renamed);
  return {
    input: new Map([...sent.schemas].map(([schema, json]) => [schema, rename(json)])),
    output: received.schemas,
    components: Object.fromEntries(
      Object.entries(components)
        .map(([name, json]): [string, JsonSchema] => [
          name,
          name in sent.definitions || renamed.size > 0 ? renameIfInput(name, json) : json,
        ])
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };

  function renameIfInput(name: string, json: JsonSchema): JsonSchema {
    return name in received.definitions ? json : rename(json);
  }
}

interface Converted {
  readonly schemas: Map<z.ZodType, JsonSchema>;
  readonly definitions: Record<string, JsonSchema>;
}

function convert(schemas: readonly z.ZodType[], io: 'input' | 'output'): Converted {
  const unique = [...new Set(schemas)];
  if (unique.length === 0) return { schemas: new Map(), definitions: {} };
  // One conversion for all, so that a name means one thing.
  const json = z.toJSONSchema(
    z.object(Object.fromEntries(unique.map((schema, index) => [`s${index}`, schema]))),
    {
      io,
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => tidy(zodSchema as unknown as z.ZodType, jsonSchema),
    },
  ) as { properties: Record<string, JsonSchema>; $defs?: Record<string, JsonSchema> };
  return {
    schemas: new Map(
      unique.map((schema, index) => [schema, pointToComponents(json.properties[`s${index}`] as JsonSchema)]),
    ),
    definitions: mapValues(json.$defs ?? {}, pointToComponents),
  };
}

/** Leaves out what tells a reader nothing, or would make adding a property a breaking change; adds how numbers are held. */
function tidy(schema: z.ZodType, json: Record<string, unknown>): void {
  const definition = schema._zod.def as unknown as Record<string, unknown>;
  // The expression behind a format is zod's way of checking it. One that a schema brings along says more than the format.
  const wraps = definition['innerType'] !== undefined;
  if (!wraps && json['format'] !== undefined && schema.meta()?.['pattern'] === undefined)
    delete json['pattern'];
  if (json['format'] === undefined && (json['type'] === 'integer' || json['type'] === 'number'))
    json['format'] = numberFormat(json);
  if (definition['type'] === 'object' && definition['catchall'] === undefined)
    delete json['additionalProperties'];
  // An id is the component's name, and no member of the schema.
  delete json['id'];
}

/** As the registry of OpenAPI names them: for those who generate clients in languages with several kinds of numbers. */
function numberFormat({ type, minimum, maximum }: Record<string, unknown>): string {
  if (type === 'number') return 'double';
  const small = [minimum, maximum].every(
    (bound) => typeof bound === 'number' && bound >= -(2 ** 31) && bound < 2 ** 31,
  );
  return small ? 'int32' : 'int64';
}

function pointToComponents(json: JsonSchema): JsonSchema {
  return replaceReferences(json, (reference) => reference.replace('#/$defs/', '#/components/schemas/'));
}

function renameReferences(json: JsonSchema, renamed: ReadonlyMap<string, string>): JsonSchema {
  if (renamed.size === 0) return json;
  return replaceReferences(json, (reference) => {
    const name = reference.slice(reference.lastIndexOf('/') + 1);
    return `#/components/schemas/${renamed.get(name) ?? name}`;
  });
}

function replaceReferences<T>(value: T, replace: (reference: string) => string): T {
  if (Array.isArray(value)) return value.map((item: unknown) => replaceReferences(item, replace)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string'
        ? replace(item)
        : replaceReferences(item as unknown, replace),
    ]),
  ) as T;
}

function mapValues<T, U>(values: Record<string, T>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}
