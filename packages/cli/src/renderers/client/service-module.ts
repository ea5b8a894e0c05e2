/** The module of one service in the typed client: its types, and one function for each operation. */
import { camelCase, clientGroup } from '../../model/names.ts';
import { propertyName, quote } from '../services/schema/chain.ts';
import { capitalised, fit, importLine } from '../services/source.ts';
import { type JsonSchema, propertyLines, typeText } from './json-type.ts';

export interface ServiceModule {
  readonly text: string;
  readonly types: readonly string[];
  /** Names of the exported groups: `listings`, `photos`. */
  readonly groups: readonly string[];
}

interface ApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>> }>
  >;
}

export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
}

/** Our own error class stands for these. */
const problemTypes = ['Problem', 'FieldError'];
const apiPrefix = '/api/v1/';

export function serviceModule(document: ApiDocument): ServiceModule {
  const schemas = Object.entries(document.components['schemas'] ?? {}).filter(
    ([name]) => !problemTypes.includes(name),
  );
  const groups = new Map<string, Method[]>();
  for (const [path, operations] of Object.entries(document.paths)) {
    const first = path.slice(apiPrefix.length).split('/')[0] ?? '';
    const group = clientGroup(first);
    for (const [verb, operation] of Object.entries(operations)) {
      groups.set(group, [
        ...(groups.get(group) ?? []),
        methodOf(camelCase(first), verb, path, operation as ApiOperation, document),
      ]);
    }
  }
  const methods = [...groups.values()].flat();
  const queries = methods.flatMap(({ query }) => query ?? []);
  const pages = methods.some(({ item }) => item !== undefined);
  const text = [
    importLine([...(pages ? ['everyItem'] : []), 'type RequestOptions', 'type Send'], './http.ts'),
    ...schemas.map(([name, schema]) => declaration(name, schema)),
    ...queries.map(({ name, lines }) =>
      lines.length === 0
        ? `export type ${name} = Readonly<Record<string, never>>;`
        : `export interface ${name} {\n${lines.join('\n')}\n}`,
    ),
    ...[...groups].map(([group, list]) => groupText(group, list)),
  ].join('\n\n');
  return {
    text: `${text}\n`,
    types: [...schemas.map(([name]) => name), ...queries.map(({ name }) => name)],
    groups: [...groups.keys()],
  };
}

function declaration(name: string, schema: JsonSchema): string {
  const properties = schema['type'] === 'object' ? propertyLines(schema, 2) : [];
  return properties.length > 0
    ? `export interface ${name} {\n${properties.join('\n')}\n}`
    : `export type ${name} = ${typeText(schema)};`;
}

interface Method {
  readonly name: string;
  readonly summary: string;
  readonly verb: string;
  readonly path: string;
  readonly params: readonly string[];
  readonly query: { readonly name: string; readonly lines: readonly string[] } | undefined;
  /** Type of the body. */
  readonly body: string | undefined;
  readonly result: string;
  /** The answer is no JSON. */
  readonly text: boolean;
  /** Type of a page's items: then the whole list can be walked through. */
  readonly item: string | undefined;
}

function methodOf(
  group: string,
  verb: string,
  path: string,
  operation: ApiOperation,
  document: ApiDocument,
): Method {
  const query = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
  const properties = Object.fromEntries(
    query.map(({ name, schema, description }) => [
      name,
      description === undefined ? schema : { ...schema, description },
    ]),
  );
  const lines = propertyLines(
    { properties, required: query.filter(({ required }) => required).map(({ name }) => name) },
    2,
  );
  const body =
    operation.requestBody === undefined ? undefined : typeText(firstSchema(operation.requestBody.content), 2);
  const reply = Object.entries(operation.responses).find(([status]) => /^2\d\d$/.test(status))?.[1];
  const schema = firstSchema(reply?.content);
  const item = pageItem(schema, document);
  return {
    name: methodName(group, verb, path, operation.operationId, item !== undefined),
    summary: operation.summary,
    verb,
    path,
    params: [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''),
    query: query.length === 0 ? undefined : { name: `${capitalised(operation.operationId)}Query`, lines },
    body,
    result: schema === undefined ? 'void' : typeText(schema, 2),
    text: Object.keys(reply?.content ?? {}).some((type) => !/[/+]json\b/.test(type)),
    item,
  };
}

const firstSchema = (
  content: Readonly<Record<string, { readonly schema: JsonSchema }>> | undefined,
): JsonSchema | undefined => Object.values(content ?? {})[0]?.schema;

function pageItem(schema: JsonSchema | undefined, { components }: ApiDocument): string | undefined {
  const reference = schema?.['$ref'];
  const target =
    typeof reference === 'string'
      ? components['schemas']?.[reference.slice(reference.lastIndexOf('/') + 1)]
      : schema;
  const properties = (target?.['properties'] ?? {}) as Record<string, JsonSchema>;
  return properties['items'] === undefined || properties['nextCursor'] === undefined
    ? undefined
    : typeText(properties['items']['items'] as JsonSchema, 2);
}

const itemVerbs: Readonly<Record<string, string>> = {
  get: 'get',
  patch: 'update',
  put: 'replace',
  delete: 'delete',
};

/** list, create, get, update, delete for what an entity has; the operation's own name for everything else. */
function methodName(group: string, verb: string, path: string, operationId: string, paged: boolean): string {
  const rest = path.slice(apiPrefix.length).split('/').slice(1);
  if (rest.length === 0 && verb === 'get' && paged) return 'list';
  if (rest.length === 0 && verb === 'post') return 'create';
  if (rest.length === 1 && rest[0] === '{id}') return itemVerbs[verb] ?? operationId;
  return operationId.endsWith(capitalised(group)) && operationId.length > group.length
    ? operationId.slice(0, -group.length)
    : operationId;
}

function groupText(group: string, methods: readonly Method[]): string {
  const texts = methods.map((method) => `  /** ${method.summary}. */\n  ${methodText(method)}`);
  const list = methods.find(({ name }) => name === 'list');
  if (list?.item !== undefined && list.query !== undefined) {
    texts.splice(
      methods.indexOf(list) + 1,
      0,
      `  /** ${list.summary}: all of them, page after page. */\n  all: (query: ${list.query.name} = {}, options?: RequestOptions) =>\n    everyItem((next: ${list.query.name}) => ${group}(send).list(next, options), query),`,
    );
  }
  return `export const ${group} = (send: Send) => ({\n${texts.join('\n\n')}\n});`;
}

function methodText({ name, verb, path, params, query, body, result, text }: Method): string {
  const needsQuery =
    query?.lines.some((line) => /^\s*readonly \S+[^?]: /.test(line) && !line.includes('?:')) ?? false;
  const parameters = [
    ...params.map((param) => `${param}: string`),
    ...(body === undefined ? [] : [`body: ${body}`]),
    ...(query === undefined ? [] : [`query: ${query.name}${needsQuery ? '' : ' = {}'}`]),
    'options?: RequestOptions',
  ];
  const target =
    params.length === 0
      ? quote(path)
      : `\`${path.replaceAll(/\{(\w+)\}/g, (_, param: string) => `\${encodeURIComponent(${param})}`)}\``;
  const call = [
    `method: '${verb.toUpperCase()}'`,
    `path: ${target}`,
    ...(query === undefined ? [] : ['query']),
    ...(body === undefined ? [] : ['body']),
    'options',
    ...(text ? ['text: true'] : []),
  ];
  const head = fit(2, `${propertyName(name)}: (`, parameters, `): Promise<${result}> =>`);
  return `${head}\n    ${fit(4, 'send({', call, '})', ',')}`;
}
