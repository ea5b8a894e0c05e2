/**
 * The OpenAPI 3.1 document of a service, from its routes alone: nothing is opened and nothing is started, and equal routes
 * give equal bytes, wherever they come from.
 */
import type { z } from 'zod';
import { isContent } from '../http/compile.ts';
import type { Route, ResponseSpec } from '../http/route.ts';
import { operationIdOf } from './operation-id.ts';
import { parametersOf } from './parameters.ts';
import { problemResponses, PROBLEM_SCHEMAS, problemsOf } from './problems.ts';
import { type JsonSchema, jsonSchemas, type Schemas } from './schemas.ts';

/** What the document of a service is made from. */
export interface ApiDefinition {
  /** `wishlist-service` */
  readonly name: string;
  readonly version: string;
  readonly description?: string | undefined;
  /** Default `/api/v1`. */
  readonly basePath?: string | undefined;
  readonly routes: readonly Route[];
}

/** An OpenAPI 3.1 document, ready for JSON. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
}

/** Before the path of every route, unless a service declares its own `basePath`. */
export const BASE_PATH = '/api/v1';

/** The document of these routes: the same declarations that the server validates by. @throws Error when two operations have one name or one has none that a function may have, or two schemas share an id. */
export function openApiDocument({
  name,
  version,
  description,
  basePath = BASE_PATH,
  routes,
}: ApiDefinition): OpenApiDocument {
  const schemas = jsonSchemas(routes.flatMap(requestSchemas), routes.flatMap(responseSchemas));
  const names = new Map<string, Route>();
  const paths: Record<string, Record<string, JsonSchema>> = {};
  const statuses = new Set<number>();
  for (const route of routes) {
    const id = route.operationId ?? operationIdOf(route.method, route.path);
    if (!isName(id))
      throw new Error(
        `${route.method} ${route.path} is named ${JSON.stringify(id)}: an operationId is what a function may be called, as shipOrder.`,
      );
    const other = names.get(id);
    if (other !== undefined) {
      throw new Error(
        `${route.method} ${route.path} and ${other.method} ${other.path} are both named ${id}: give one an operationId.`,
      );
    }
    names.set(id, route);
    const path = basePath + route.path.replaceAll(/:([A-Za-z0-9]+)/g, '{$1}');
    for (const status of problemsOf(route)) statuses.add(status);
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(route, id, schemas);
  }
  return {
    openapi: '3.1.0',
    info: { title: name, version, ...(description === undefined ? {} : { description }) },
    tags: [...new Set(routes.flatMap(({ tag }) => tag ?? []))].sort().map((tag) => ({ name: tag })),
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      schemas: { ...schemas.components, ...PROBLEM_SCHEMAS },
      responses: problemResponses([...statuses].sort((a, b) => a - b)),
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token of the auth service.',
        },
      },
    },
  };
}

/** Clients have a function for each operation, on an object; what has a `then` would be a promise. */
const isName = (id: string): boolean =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(id) && !['then', 'constructor', '__proto__'].includes(id);

function operation(route: Route, operationId: string, schemas: Schemas): JsonSchema {
  const problems = problemsOf(route).map((status) => [
    String(status),
    { $ref: `#/components/responses/Problem${status}` },
  ]);
  const replies = Object.entries(route.responses).map(([status, spec]) => [
    status,
    response(Number(status), spec, schemas, route.idempotencyKey),
  ]);
  const conditional = route.method === 'GET' && replies.some(([, reply]) => 'headers' in (reply as object));
  return {
    operationId,
    summary: route.summary ?? words(operationId),
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(route.tag === undefined ? {} : { tags: [route.tag] }),
    ...(route.deprecated ? { deprecated: true } : {}),
    security: route.auth === 'public' ? [{}, { accessToken: [] }] : [{ accessToken: [] }],
    'x-auth': route.auth,
    ...(route.authorize === undefined ? {} : { 'x-mine': route.authorize.holders }),
    parameters: parametersOf(route, schemas, conditional),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: !route.body.safeParse(undefined).success,
            content: { 'application/json': { schema: schemas.input.get(route.body) } },
          },
        }),
    responses: Object.fromEntries([
      ...replies,
      ...(conditional ? [['304', { description: 'Not modified.' }]] : []),
      ...problems,
      ['default', { $ref: '#/components/responses/Problem' }],
    ] as [string, unknown][]),
  };
}

function response(status: number, spec: ResponseSpec, schemas: Schemas, keyed: boolean): JsonSchema {
  const description = DESCRIPTIONS[status] ?? 'The answer.';
  if (spec === null) return { description };
  if (isContent(spec))
    return {
      description,
      content: { [spec.contentType.split(';')[0] as string]: { schema: { type: 'string' } } },
    };
  const schema = schemas.output.get(spec);
  if (schema === undefined) return { description };
  const headers: Record<string, JsonSchema> = {};
  if (status < 300 && hasRevision(spec))
    headers['ETag'] = { description: 'The revision, for If-Match.', schema: { type: 'string' } };
  if (status === 201)
    headers['Location'] = { description: 'Path of what was created.', schema: { type: 'string' } };
  if (keyed)
    headers['Idempotent-Replayed'] = {
      description: '`true`: this is the answer of an earlier request with the same Idempotency-Key.',
      schema: { type: 'string', enum: ['true'] },
    };
  return {
    description,
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    content: { 'application/json': { schema } },
  };
}

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  200: 'The answer.',
  201: 'Created.',
  202: 'Accepted; it is done later.',
  204: 'Done; there is nothing to say.',
};

function hasRevision(schema: z.ZodType): boolean {
  const definition = schema._zod.def as unknown as { type: string; shape?: Record<string, unknown> };
  return definition.type === 'object' && definition.shape?.['revision'] !== undefined;
}

const requestSchemas = ({ params, query, body, headers }: Route): z.ZodType[] =>
  [params, query, body, headers].filter((schema) => schema !== undefined);

const responseSchemas = ({ responses }: Route): z.ZodType[] =>
  Object.values(responses).filter(
    (spec): spec is z.ZodType =>
      spec !== null &&
      !isContent(spec) &&
      spec._zod.def.type !== 'void' &&
      spec._zod.def.type !== 'undefined',
  );

/** listWishlists → List wishlists */
function words(operationId: string): string {
  const text = operationId.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
