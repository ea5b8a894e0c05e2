/** The module of one service in the typed client: its types, and one function for each operation. */
import { camelCase, clientGroup } from '../../model/names.ts';
import { type ApiDocument, type ApiOperation, apiOf } from '../openapi/api.ts';
import { propertyName, quote } from '../services/schema/chain.ts';
import { capitalised, fit, importLine } from '../services/source.ts';

export interface ServiceModule {
  readonly text: string;
  readonly types: readonly string[];
  /** Names of the exported groups: `listings`, `photos`. */
  readonly groups: readonly string[];
}

const apiPrefix = '/api/v1/';

export function serviceModule(document: ApiDocument): ServiceModule {
  const { types, operations } = apiOf(document);
  const groups = Map.groupBy(operations, ({ path }) => clientGroup(firstSegment(path)));
  const text = [
    importLine(
      [
        ...(operations.some(({ item }) => item !== undefined) ? ['everyItem'] : []),
        ...(operations.some(({ params }) => params.length > 0) ? ['segment'] : []),
        'type RequestOptions',
        'type Send',
      ],
      './http.ts',
    ),
    ...types.map((type) => type.text),
    ...[...groups].map(([group, list]) => groupText(group, list)),
  ].join('\n\n');
  return { text: `${text}\n`, types: types.map(({ name }) => name), groups: [...groups.keys()] };
}

const segments = (path: string): string[] => path.slice(apiPrefix.length).split('/');
const firstSegment = (path: string): string => segments(path)[0] ?? '';

const itemVerbs: Readonly<Record<string, string>> = {
  GET: 'get',
  PATCH: 'update',
  PUT: 'replace',
  DELETE: 'delete',
};

/** list, create, get, update, delete for what an entity has; undefined for everything else. */
function entityName({ method, path, item }: ApiOperation): string | undefined {
  const rest = segments(path).slice(1);
  if (rest.length === 0 && method === 'GET' && item !== undefined) return 'list';
  if (rest.length === 0 && method === 'POST') return 'create';
  return rest.length === 1 && rest[0] === '{id}' ? itemVerbs[method] : undefined;
}

/** The operation's own name, without the group's at its end: `loginAuth` is `auth.login`. */
function shortName({ id, path }: ApiOperation): string {
  const group = camelCase(firstSegment(path));
  return id.endsWith(capitalised(group)) && id.length > group.length ? id.slice(0, -group.length) : id;
}

/**
 * Names of a group's functions: of what an entity has first, which no other operation takes away; then short names where they
 * are free, and the document's own, which are unique, where they are not.
 */
export function methodNames(operations: readonly ApiOperation[]): ReadonlyMap<ApiOperation, string> {
  const names = new Map<ApiOperation, string>();
  const taken = new Set<string>();
  const name = (operation: ApiOperation, ...wanted: readonly string[]): void => {
    const free = wanted.find((candidate) => !taken.has(candidate)) as string;
    taken.add(free);
    names.set(operation, free);
    // Beside a list stands the function that walks through it.
    if (free === 'list' && operation.item !== undefined && operation.query !== undefined) taken.add('all');
  };
  const [entity, others] = [true, false].map((of) =>
    operations.filter((operation) => (entityName(operation) !== undefined) === of),
  );
  for (const operation of entity ?? [])
    name(operation, entityName(operation) as string, operation.id, `${operation.id}Operation`);
  const shortened = Map.groupBy(others ?? [], shortName);
  for (const operation of others ?? []) {
    const short = shortName(operation);
    // Where two would have one short name, none has: which of them came first is chance.
    const own = shortened.get(short)?.length === 1 ? [short] : [];
    name(operation, ...own, operation.id, `${operation.id}Operation`);
  }
  return names;
}

function groupText(group: string, operations: readonly ApiOperation[]): string {
  const names = methodNames(operations);
  const texts = operations.flatMap((operation) => {
    const name = names.get(operation) as string;
    const text = `  ${operation.summary}\n  ${methodText(name, operation)}`;
    const { item, query, summary } = operation;
    if (name !== 'list' || item === undefined || query === undefined) return [text];
    const about = summary.replace(/\. \*\/$/, ': all of them, page after page. */');
    return [
      text,
      `  ${about}\n  all: (query: ${query.type} = {}, options?: RequestOptions) =>\n    everyItem((next: ${query.type}) => ${group}(send).list(next, options), query),`,
    ];
  });
  return `export const ${group} = (send: Send) => ({\n${texts.join('\n\n')}\n});`;
}

function methodText(
  name: string,
  { method, path, params, query, headers, body, result, text }: ApiOperation,
): string {
  const given = (what: string, input: ApiOperation['body']): string[] =>
    input === undefined ? [] : [input.required ? `${what}: ${input.type}` : `${what}?: ${input.type}`];
  const required = [
    ...params.map((param) => `${param.name}: ${param.type}`),
    ...given('body', body),
    ...(query?.required === true ? given('query', query) : []),
    ...(headers?.required === true ? given('headers', headers) : []),
  ];
  const parameters = [
    ...required.filter((parameter) => !parameter.includes('?: ')),
    ...(query?.required === false ? [`query: ${query.type} = {}`] : []),
    ...required.filter((parameter) => parameter.includes('?: ')),
    ...(headers?.required === false ? given('headers', headers) : []),
    'options?: RequestOptions',
  ];
  const target =
    params.length === 0
      ? quote(path)
      : `\`${path.replaceAll(/\{(\w+)\}/g, (_, param: string) => `\${segment(${param})}`)}\``;
  const call = [
    `method: '${method}'`,
    `path: ${target}`,
    ...(query === undefined ? [] : ['query']),
    ...(headers === undefined ? [] : ['headers']),
    ...(body === undefined ? [] : ['body']),
    'options',
    ...(text ? ['text: true'] : []),
  ];
  const head = fit(2, `${propertyName(name)}: (`, parameters, `): Promise<${result}> =>`);
  return `${head}\n    ${fit(4, 'send({', call, '})', ',')}`;
}
