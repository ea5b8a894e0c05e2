/** View of templates/service/src/entity/routes.ts.hbs. */
import { operationIdOf } from '@hometrip/runtime/openapi';
import type { Service, Stack } from '../../../model/stack.ts';
import { type EntityModel, repositoryName } from '../entity.ts';
import { type Operation, operationsOf } from '../operations.ts';
import { foreignTargets } from '../own-references.ts';
import { literal } from '../schema/chain.ts';
import { importLine, indent } from '../source.ts';
import { accessSentence } from './access.ts';
import { type Handler, handlerOf } from './handlers.ts';
import { storeKind } from './service.ts';

export function routesView(stack: Stack, model: EntityModel): object {
  const { many, pascal, service } = model;
  const operations = operationsOf(model).map((operation) => ({
    operation,
    handler: handlerOf(stack, model, operation.kind),
  }));
  const handlers = operations.map(({ handler }) => handler);
  const tx = storeKind(service) === 'sql' ? 'Tx' : 'DocumentTx';
  const publishes = handlers.some((handler) => handler.publishes);
  const targets = foreignTargets(model);
  const dependencies = [many, ...targets.map(repositoryName), ...(publishes ? ['platform'] : [])];
  return {
    routes: model.routes,
    rules: accessSentence(model),
    imports: [
      importLine(
        [
          ...handlers.flatMap(({ uses }) => uses),
          ...(publishes ? ['type Platform'] : []),
          'type Repository',
          `type ${tx}`,
          'route',
          'type Route',
        ],
        '@hometrip/runtime',
      ),
      ...[
        ...(publishes && service.calls.length > 0 ? ["import type { calls } from '../calls/index.ts';"] : []),
        ...(publishes ? ["import type { contracts } from '../events.ts';"] : []),
        ...targets.map(({ name, names }) => `import type { ${names.pascal} } from '../${name}/schema.ts';`),
      ].sort(byPath),
      importLine([pascal, ...handlers.flatMap(({ schemas }) => schemas)], './schema.ts'),
    ].join('\n'),
    dependencies: [
      'interface Dependencies {',
      `  readonly ${many}: Repository<${pascal}, ${tx}>;`,
      ...targets.map(
        (target) => `  readonly ${repositoryName(target)}: Repository<${target.names.pascal}, ${tx}>;`,
      ),
      ...(publishes ? [platformLine(service)] : []),
      '}',
    ].join('\n'),
    parameters: parameters(model.routes, dependencies),
    operations: operations
      .map(({ operation, handler }) => indent(routeText(operation, handler), 2))
      .join('\n\n'),
  };
}

/** With the services that this one calls, so that handlers can call them as they are. */
const platformLine = (service: Service): string =>
  `  readonly platform: Platform<'${storeKind(service)}', typeof contracts${service.calls.length === 0 ? '' : ', typeof calls'}>;`;

const byPath = (a: string, b: string): number => (pathOf(a) < pathOf(b) ? -1 : 1);
const pathOf = (line: string): string => line.slice(line.indexOf(' from '));

/** What is destructured in `export const photoRoutes = (…): Route[] => [`. */
function parameters(routes: string, names: readonly string[]): string {
  const line = `{ ${names.join(', ')} }: Dependencies`;
  return `export const ${routes} = (${line}): Route[] => [`.length <= 110
    ? line
    : `{\n${names.map((name) => `  ${name},\n`).join('')}}: Dependencies`;
}

function routeText(
  { id, method, path, summary, description, tag, auth, problems, idempotencyKey }: Operation,
  { schemas, responses, takes, body, guard = [], references = [] }: Handler,
): string {
  return [
    `route.${method}('${path}', {`,
    ...(derivedId(method, path) === id ? [] : [`  operationId: ${literal(id)},`]),
    `  summary: ${literal(summary)},`,
    ...(description === undefined ? [] : textLine('description', description)),
    `  tag: ${literal(tag)},`,
    `  auth: '${auth}',`,
    ...(idempotencyKey === true ? ['  idempotencyKey: true,'] : []),
    ...(path.endsWith('/:id') ? ['  params: IdParams,'] : []),
    ...guard.map((line) => `  ${line}`),
    ...schemaLine(method, schemas).map((line) => `  ${line}`),
    ...references.map((line) => `  ${line}`),
    `  responses: ${responses},`,
    ...(problems.length === 0 ? [] : [`  problems: ${literal(problems)},`]),
    `  async handler({ ${takes.join(', ')} }) {`,
    ...body.map((line) => indent(line, 4)),
    '  },',
    '}),',
  ].join('\n');
}

/** What the runtime calls an operation that has no name of its own. */
const derivedId = (method: Operation['method'], path: string): string =>
  operationIdOf(method.toUpperCase() as Uppercase<typeof method>, path);

/** Four spaces deep. */
function textLine(key: string, text: string): string[] {
  const line = `  ${key}: ${literal(text)},`;
  return line.length + 2 <= 110 ? [line] : [`  ${key}:`, `    ${literal(text)},`];
}

function schemaLine(method: Operation['method'], [first, second]: readonly string[]): string[] {
  if (first === undefined) return [];
  return [
    method === 'get' ? `query: listQuery({ filters: ${first}, sortable: ${second} }),` : `body: ${first},`,
  ];
}
