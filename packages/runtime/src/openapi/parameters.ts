/** Path, query and header parameters of an operation. */
import type { z } from 'zod';
import type { Route } from '../http/route.ts';
import type { JsonSchema, Schemas } from './schemas.ts';

export function parametersOf(route: Route, schemas: Schemas, conditional: boolean): readonly JsonSchema[] {
  const names = [...route.path.matchAll(/:([A-Za-z0-9]+)/g)].map((match) => match[1] as string);
  const declared = propertiesOf(route.params, schemas);
  const changes = names.length > 0 && route.method !== 'GET' && route.method !== 'POST';
  return [
    ...names.map((name) => ({
      name,
      in: 'path',
      required: true,
      schema: declared.properties[name] ?? { type: 'string' },
    })),
    ...listed('query', propertiesOf(route.query, schemas)),
    ...listed('header', propertiesOf(route.headers, schemas)),
    ...(conditional ? [header('If-None-Match', 'An ETag: answered with 304 while it is current.')] : []),
    ...(changes
      ? [header('If-Match', 'The ETag that was read: answered with 412 when it was changed since.')]
      : []),
    ...(route.idempotencyKey ? [IDEMPOTENCY_KEY] : []),
  ];
}

const IDEMPOTENCY_KEY: JsonSchema = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'Made up by the client for this request, such as a UUID. A request that comes again with its key within 24 hours takes no effect again, and gets the answer of the first.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

interface Properties {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
}

function propertiesOf(schema: z.ZodType | undefined, { input, components }: Schemas): Properties {
  if (schema === undefined) return { properties: {}, required: [] };
  let json = input.get(schema) as JsonSchema;
  const reference = json['$ref'];
  // Parameters are listed one by one: a named schema is opened.
  if (typeof reference === 'string')
    json = components[reference.slice(reference.lastIndexOf('/') + 1)] as JsonSchema;
  return {
    properties: (json['properties'] ?? {}) as Record<string, JsonSchema>,
    required: (json['required'] ?? []) as string[],
  };
}

function listed(place: 'query' | 'header', { properties, required }: Properties): JsonSchema[] {
  return Object.entries(properties).map(([name, json]) => {
    const { description, ...schema } = json;
    return {
      name,
      in: place,
      ...(description === undefined ? {} : { description }),
      ...(required.includes(name) ? { required: true } : {}),
      schema,
    };
  });
}

const header = (name: string, description: string): JsonSchema => ({
  name,
  in: 'header',
  description,
  schema: { type: 'string' },
});
