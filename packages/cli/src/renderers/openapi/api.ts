/**
 * What clients of an OpenAPI document need to know of it: its types as TypeScript, and each operation under the name that it has
 * in the document. The typed client and the typed calls between services are both written from this.
 */
import { isTakenInClient } from '../../model/names.ts';
import { keywords } from '../../model/reserved-names.ts';
import { capitalised } from '../services/source.ts';
import {
  componentOf,
  docComment,
  type JsonSchema,
  propertyLines,
  type TypeNames,
  typeText,
} from './json-type.ts';

export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
}

export interface Api {
  /** Types of the document's schemas, then those of queries, in the order of the document. */
  readonly types: readonly ApiType[];
  readonly operations: readonly ApiOperation[];
}

export interface ApiType {
  readonly name: string;
  /** The whole declaration: `export interface Booking {…}`. */
  readonly text: string;
}

export interface ApiOperation {
  /** `getBooking`: unique in the document, and an identifier. */
  readonly id: string;
  readonly summary: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/api/v1/bookings/{id}` */
  readonly path: string;
  /** What is in braces, in order: each a name that is free for a variable, beside `query`, `headers`, `body` and `options`. */
  readonly params: readonly { readonly name: string; readonly type: string }[];
  readonly query: ApiInput | undefined;
  /** Headers that the operation declares itself, by their names in lower case. */
  readonly headers: ApiInput | undefined;
  readonly body: ApiInput | undefined;
  /** Headers that each client knows how to send. */
  readonly takes: readonly ('idempotencyKey' | 'ifMatch')[];
  /** Type of what it answers; `void` for nothing. */
  readonly result: string;
  /** The answer is not JSON. */
  readonly text: boolean;
  /** Type of a page's items: then the whole list can be walked through. */
  readonly item: string | undefined;
}

export interface ApiInput {
  /** On one line: what takes several has a name. */
  readonly type: string;
  readonly required: boolean;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
/** The client's own error class stands for these. */
const problemTypes = ['Problem', 'FieldError'];

/** @param reserved Names that the file around it has already. */
/** @param reserved Names that the file around it has already. */
export function apiOf(document: ApiDocument, reserved: (name: string) => boolean = isTakenInClient): Api {
  const schemas = Object.entries(document.components['schemas'] ?? {}).filter(
    ([name]) => !problemTypes.includes(name),
  );
  const taken = new Set<string>();
  const free = (wanted: string): string => freeName(wanted, taken, reserved);
  const names = new Map(schemas.map(([name]) => [name, free(typeName(name))]));
  const nameOf: TypeNames = (component) => names.get(component);
  const types = schemas.map(([name, schema]) => declared(names.get(name) ?? name, schema, nameOf));
  /** The type on one line; one that is longer becomes a type of its own. */
  const inline = (schema: JsonSchema, name: string, always = false): string => {
    const text = typeText(schema, 0, nameOf);
    if (!always && !text.includes('\n') && text.length <= LONGEST_INLINE) return text;
    const type = declared(free(name), schema, nameOf);
    types.push(type);
    return type.name;
  };
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method] as Operation | undefined;
      return operation === undefined
        ? []
        : [operationOf(path, method, operation, { document, nameOf, inline })];
    }),
  );
  return { types, operations };
}

const LONGEST_INLINE = 60;

interface Surroundings {
  readonly document: ApiDocument;
  readonly nameOf: TypeNames;
  inline(schema: JsonSchema, name: string, always?: boolean): string;
}

function operationOf(
  path: string,
  method: (typeof methods)[number],
  { operationId, summary, parameters = [], requestBody, responses }: Operation,
  { document, nameOf, inline }: Surroundings,
): ApiOperation {
  const stem = capitalised(operationId);
  const own = parameters.filter(({ name }) => !knownHeaders.has(name.toLowerCase()));
  const [query, headers] = [parametersIn('query', parameters), parametersIn('header', own)];
  const body = firstSchema(requestBody?.content);
  const reply = Object.entries(responses).find(([status]) => /^2\d\d$/.test(status))?.[1];
  const answer = firstSchema(reply?.content);
  const item = pageItem(answer, document);
  const queryType = query === undefined ? undefined : inline(query, `${stem}Query`, true);
  const headersType = headers === undefined ? undefined : inline(headers, `${stem}Headers`);
  const bodyType = body === undefined ? undefined : inline(body, `${stem}Body`);
  const result = answer === undefined ? 'void' : inline(answer, `${stem}Result`);
  const itemText = item === undefined ? undefined : typeText(item, 0, nameOf);
  const params = pathParameters(path, parameters, nameOf);
  return {
    id: operationId,
    summary: docComment(summary.replace(/\.?$/, '.')),
    method: method.toUpperCase() as ApiOperation['method'],
    path: params.path,
    params: params.list,
    query: query && queryType ? { type: queryType, required: isRequired(query) } : undefined,
    headers: headers && headersType ? { type: headersType, required: isRequired(headers) } : undefined,
    body: bodyType ? { type: bodyType, required: requestBody?.required !== false } : undefined,
    takes: own.length === parameters.length ? [] : takenHeaders(parameters),
    result,
    text: Object.keys(reply?.content ?? {}).some((type) => !/[/+]json\b/.test(type)),
    item: itemText?.includes('\n') ? `${result}['items'][number]` : itemText,
  };
}

/** Parameters of the path in their order, under names that may be variables. */
function pathParameters(
  path: string,
  parameters: readonly Parameter[],
  nameOf: TypeNames,
): { readonly path: string; readonly list: ApiOperation['params'] } {
  const list: { name: string; type: string }[] = [];
  const renamed = path.replaceAll(/\{([^}]+)\}/g, (_, declared: string) => {
    const schema = parameters.find(({ name, in: place }) => place === 'path' && name === declared)?.schema;
    const type = typeText(schema, 0, nameOf);
    const usual = keywords.has(declared) || besideParameters.has(declared) || /^\d/.test(declared);
    const wanted = usual ? `param${capitalised(declared)}` : declared;
    const same = list.filter(({ name }) => name.replace(/\d+$/, '') === wanted).length;
    const name = same === 0 ? wanted : `${wanted}${same + 1}`;
    list.push({ name, type: type.includes('\n') || type === 'unknown' ? 'string' : type });
    return `{${name}}`;
  });
  return { path: renamed, list };
}

/** What stands beside the parameters of a path in clients. */
const besideParameters = new Set(['query', 'headers', 'body', 'options', 'send', 'segment']);

const takenHeaders = (parameters: readonly Parameter[]): ApiOperation['takes'] =>
  parameters.flatMap(({ name }) => {
    const taken = knownHeaders.get(name.toLowerCase());
    return taken === undefined ? [] : [taken];
  });

/** Headers that clients have options for; `If-None-Match` is for caches. */
const knownHeaders: ReadonlyMap<string, 'idempotencyKey' | 'ifMatch' | undefined> = new Map([
  ['idempotency-key', 'idempotencyKey'],
  ['if-match', 'ifMatch'],
  ['if-none-match', undefined],
]);

const firstSchema = (content: Content | undefined): JsonSchema | undefined =>
  Object.values(content ?? {})[0]?.schema;

/** Parameters of one place as one object; undefined without any. */
function parametersIn(place: string, parameters: readonly Parameter[]): JsonSchema | undefined {
  const found = parameters.filter((parameter) => parameter.in === place);
  if (found.length === 0) return undefined;
  return {
    type: 'object',
    properties: Object.fromEntries(
      found.map(({ name, schema, description }) => [
        name,
        description === undefined ? schema : { ...schema, description },
      ]),
    ),
    required: found.filter(({ required }) => required).map(({ name }) => name),
  };
}

const isRequired = ({ required }: JsonSchema): boolean => Array.isArray(required) && required.length > 0;

function declared(name: string, schema: JsonSchema, nameOf: TypeNames): ApiType {
  const properties = schema['type'] === 'object' ? propertyLines(schema, 2, nameOf) : [];
  const text =
    properties.length > 0
      ? `export interface ${name} {\n${properties.join('\n')}\n}`
      : `export type ${name} = ${typeText(schema, 0, nameOf)};`;
  return { name, text };
}

function pageItem(schema: JsonSchema | undefined, { components }: ApiDocument): JsonSchema | undefined {
  const component = componentOf(schema);
  const target = component === undefined ? schema : components['schemas']?.[component];
  const properties = (target?.['properties'] ?? {}) as Record<string, JsonSchema>;
  return properties['items'] === undefined || properties['nextCursor'] === undefined
    ? undefined
    : (properties['items']['items'] as JsonSchema | undefined);
}

/** Names of schemas may have dots and hyphens. */
const typeName = (component: string): string => {
  const words = component.split(/[^A-Za-z0-9_$]+/).filter((word) => word !== '');
  const name = words.length === 1 && words[0] === component ? component : words.map(capitalised).join('');
  return /^[A-Za-z_$]/.test(name) ? name : `Type${name}`;
};

function freeName(wanted: string, taken: Set<string>, reserved: (name: string) => boolean): string {
  let name = wanted;
  for (let count = 2; taken.has(name) || reserved(name); count += 1)
    name = count === 2 ? `${wanted}Type` : `${wanted}Type${count}`;
  taken.add(name);
  return name;
}
