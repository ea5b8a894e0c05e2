/** The module of one service in the typed client: its types, and one function for each operation. */
import { camelCase, clientGroup } from '../../model/names.ts';
import { type ApiDocument, type ApiOperation, apiOf } from '../openapi/api.ts';
import { propertyName, quote } from '../services/schema/chain.ts';
import { capitalised, fit, importLine } from '../services/source.ts';

/** TypeScript to read and to test, and what is published of it: JavaScript with declarations. */
export type Language = 'ts' | 'js' | 'd.ts';

export interface ServiceModule {
  readonly text: Readonly<Record<Language, string>>;
  readonly types: readonly string[];
  /** Names of the exported groups: `listings`, `photos`. */
  readonly groups: readonly string[];
}

const apiPrefix = '/api/v1/';

export function serviceModule(document: ApiDocument): ServiceModule {
  const { types, operations } = apiOf(document);
  const groups = Map.groupBy(operations, ({ path }) => clientGroup(firstSegment(path)));
  const used = [
    ...(operations.some(({ item }) => item !== undefined) ? ['everyItem'] : []),
    ...(operations.some(({ params }) => params.length > 0) ? ['segment'] : []),
  ];
  const typed = ['type RequestOptions', 'type Send'];
  const imports: Record<Language, string[]> = {
    ts: [importLine([...used, ...typed], './http.ts')],
    js: used.length === 0 ? [] : [importLine(used, './http.js')],
    'd.ts': [importLine(typed, './http.js')],
  };
  const text = (language: Language): string =>
    `${[
      ...imports[language],
      ...(language === 'js' ? [] : types.map((type) => type.text)),
      ...[...groups].map(([group, list]) => groupText(group, list, language)),
    ].join('\n\n')}\n`;
  return {
    text: { ts: text('ts'), js: text('js'), 'd.ts': text('d.ts') },
    types: types.map(({ name }) => name),
    groups: [...groups.keys()],
  };
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

function groupText(group: string, operations: readonly ApiOperation[], language: Language): string {
  const methods = named(operations).flatMap(({ name, operation }) => {
    const texts = [`  ${operation.summary}\n  ${methodText(name, operation, language)}`];
    const { item, query, summary } = operation;
    if (name !== 'list' || item === undefined || query === undefined) return texts;
    const about = summary.replace(/\. \*\/$/, ': all of them, page after page. */');
    return [...texts, `  ${about}\n  ${pagerText(group, query.type, item, language)}`];
  });
  const text = methods.join('\n\n');
  switch (language) {
    case 'ts':
      return `export const ${group} = (send: Send) => ({\n${text}\n});`;
    case 'js':
      return `export const ${group} = (send) => ({\n${text}\n});`;
    case 'd.ts':
      return `export declare const ${group}: (send: Send) => {\n${text}\n};`;
  }
}

function named(operations: readonly ApiOperation[]): { name: string; operation: ApiOperation }[] {
  const names = methodNames(operations);
  return operations.map((operation) => ({ name: names.get(operation) as string, operation }));
}

/** Walks through a list. */
function pagerText(group: string, query: string, item: string, language: Language): string {
  switch (language) {
    case 'ts':
      return `all: (query: ${query} = {}, options?: RequestOptions) =>\n    everyItem((next: ${query}) => ${group}(send).list(next, options), query),`;
    case 'js':
      return `all: (query = {}, options) => everyItem((next) => ${group}(send).list(next, options), query),`;
    case 'd.ts':
      return fit(
        2,
        'readonly all: (',
        [`query?: ${query}`, 'options?: RequestOptions'],
        `) => AsyncGenerator<${item}, void, undefined>`,
        ';',
      );
  }
}

interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** Without it, an empty object. */
  readonly defaulted?: boolean;
}

/** Parameters of the path, the body, a query and headers where they have to be given; then what may be left out. */
function parametersOf({ params, body, query, headers }: ApiOperation): readonly Parameter[] {
  const inputs: Parameter[] = [
    ...(body === undefined ? [] : [{ name: 'body', ...body }]),
    ...(query === undefined ? [] : [{ name: 'query', ...query, defaulted: !query.required }]),
    ...(headers === undefined ? [] : [{ name: 'headers', ...headers }]),
  ];
  return [
    ...params.map((param) => ({ ...param, required: true })),
    ...inputs.filter(({ required }) => required),
    ...inputs.filter(({ required, defaulted }) => !required && defaulted === true),
    ...inputs.filter(({ required, defaulted }) => !required && defaulted !== true),
    { name: 'options', type: 'RequestOptions', required: false },
  ];
}

function parameterText({ name, type, required, defaulted }: Parameter, language: Language): string {
  if (language === 'js') return defaulted === true ? `${name} = {}` : name;
  if (language === 'ts' && defaulted === true) return `${name}: ${type} = {}`;
  return `${name}${required ? '' : '?'}: ${type}`;
}

function methodText(name: string, operation: ApiOperation, language: Language): string {
  const { result } = operation;
  const parameters = parametersOf(operation).map((parameter) => parameterText(parameter, language));
  const key = propertyName(name);
  if (language === 'd.ts') return fit(2, `readonly ${key}: (`, parameters, `) => Promise<${result}>`, ';');
  const call = callOf(operation);
  if (language === 'js') {
    const head = fit(2, `${key}: (`, parameters, ') =>');
    const line = `${head} ${fit(0, 'send({', call, '})', ',')}`;
    if (!line.includes('\n') && line.length + 2 <= 110) return line;
    return `${head}\n    ${fit(4, 'send({', call, '})', ',')}`;
  }
  return `${fit(2, `${key}: (`, parameters, `): Promise<${result}> =>`)}\n    ${fit(4, 'send({', call, '})', ',')}`;
}

function callOf({ method, path, params, query, headers, body, text }: ApiOperation): string[] {
  const target =
    params.length === 0
      ? quote(path)
      : `\`${path.replaceAll(/\{(\w+)\}/g, (_, param: string) => `\${segment(${param})}`)}\``;
  return [
    `method: '${method}'`,
    `path: ${target}`,
    ...(query === undefined ? [] : ['query']),
    ...(headers === undefined ? [] : ['headers']),
    ...(body === undefined ? [] : ['body']),
    'options',
    ...(text ? ['text: true'] : []),
  ];
}
