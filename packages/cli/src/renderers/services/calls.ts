/**
 * src/calls/ of a service: one file for each service that it calls, with what that one's OpenAPI document offers, and an index.
 * They belong to the caller, whose folder is whole without others, and are rendered again when the document changes.
 */
import { serviceIdentifier } from '../../model/names.ts';
import type { Service, Stack } from '../../model/stack.ts';
import { type ApiDocument, type ApiOperation, apiOf } from '../openapi/api.ts';
import { propertyName, quote } from './schema/chain.ts';
import { fit } from './source.ts';

/** Texts by path below the service's folder; none for a service that calls no other. @param documentOf Undefined without one. */
export function callFiles(
  stack: Stack,
  service: Service,
  documentOf: (service: Service) => ApiDocument | undefined,
): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  if (service.calls.length === 0) return files;
  const described: string[] = [];
  for (const name of service.calls) {
    const callee = stack.services.find((candidate) => candidate.name === name);
    const document = callee === undefined ? undefined : documentOf(callee);
    if (document === undefined || Object.keys(document.paths).length === 0) continue;
    described.push(name);
    files.set(`src/calls/${moduleOf(name)}.ts`, calleeText(name, document));
  }
  files.set('src/calls/index.ts', indexText(service.calls, described));
  return files;
}

/** Beside the index no service's file is called so. */
const moduleOf = (service: string): string => (service === 'index' ? 'index-service' : service);

/** The variable that describes a service that is called. */
const variableOf = (service: string): string => serviceIdentifier(service, []);

function calleeText(service: string, document: ApiDocument): string {
  const { types, operations } = apiOf(document);
  return `${[
    `/** What ${service} offers, from its OpenAPI document. hometrip generate renders it again when that changes. */\nimport { defineCallee, operation } from '@hometrip/runtime';`,
    ...types.map(({ text }) => text),
    `export const ${variableOf(service)} = defineCallee(${quote(service)}, {\n${operations
      .map((operation) => `  ${operation.summary}\n  ${operationText(operation)}`)
      .join('\n\n')}\n});`,
  ].join('\n\n')}\n`;
}

function operationText({
  id,
  method,
  path,
  params,
  query,
  headers,
  body,
  takes,
  result,
  text,
}: ApiOperation): string {
  const member = (name: string, type: string, required = true): string =>
    required ? `readonly ${name}: ${type}` : `readonly ${name}?: ${type} | undefined`;
  const members = [
    ...params.map(({ name, type }) => member(name, type)),
    ...(query === undefined ? [] : [member('query', query.type, query.required)]),
    ...(headers === undefined ? [] : [member('headers', headers.type, headers.required)]),
    ...(body === undefined ? [] : [member('body', body.type, body.required)]),
  ];
  const types = [
    members.length === 0 ? '{}' : `{ ${members.join('; ')} }`,
    result,
    ...(takes.length === 0 ? [] : [takes.map(quote).join(' | ')]),
  ];
  const args = [quote(method), quote(path), ...(text ? ['{ text: true }'] : [])];
  const start = `${propertyName(id)}: operation<`;
  const head = `${start}${types.join(', ')}>(`;
  // As our formatter breaks it: the arguments first, the types where these alone are too long.
  if (head.length + 2 <= 110) return fit(2, head, args, ')', ',');
  return `${start}\n${types.map((type) => `    ${type}`).join(',\n')}\n  >(${args.join(', ')}),`;
}

function indexText(calls: readonly string[], described: readonly string[]): string {
  const imports = described.map((name) => `import { ${variableOf(name)} } from './${moduleOf(name)}.ts';`);
  const items = calls.map((name) => (described.includes(name) ? variableOf(name) : quote(name)));
  return [
    '/** The services that this one calls: members of `platform.calls`. */',
    ...imports,
    ...(imports.length > 0 ? [''] : []),
    `${fit(0, 'export const calls = [', items, '] as const', ';')}`,
    '',
  ].join('\n');
}
