/** View of templates/service/src/entity/routes.ts.hbs. */
import type { Stack } from '../../../model/stack.ts';
import type { EntityModel } from '../entity.ts';
import { type Operation, operationsOf } from '../operations.ts';
import { literal } from '../schema/chain.ts';
import { importLine, indent } from '../source.ts';
import { accessSentence } from './access.ts';
import { type Handler, handlerOf } from './handlers.ts';
import { storeKind } from './service.ts';

export function routesView(stack: Stack, model: EntityModel): object {
  const { camel, many, pascal, service } = model;
  const operations = operationsOf(model).map((operation) => ({
    operation,
    handler: handlerOf(stack, model, operation.kind),
  }));
  const handlers = operations.map(({ handler }) => handler);
  const tx = storeKind(service) === 'sql' ? 'Tx' : 'DocumentTx';
  const publishes = handlers.some((handler) => handler.publishes);
  return {
    camel,
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
      ...(publishes ? ["import type { contracts } from '../events.ts';"] : []),
      importLine([pascal, ...handlers.flatMap(({ schemas }) => schemas)], './schema.ts'),
    ].join('\n'),
    dependencies: [
      'interface Dependencies {',
      `  readonly ${many}: Repository<${pascal}, ${tx}>;`,
      ...(publishes ? [`  readonly platform: Platform<'${storeKind(service)}', typeof contracts>;`] : []),
      '}',
    ].join('\n'),
    parameters: `{ ${[many, ...(publishes ? ['platform'] : [])].join(', ')} }: Dependencies`,
    operations: operations
      .map(({ operation, handler }) => indent(routeText(operation, handler), 2))
      .join('\n\n'),
  };
}

function routeText(
  { method, path, summary, tag, auth, problems }: Operation,
  { schemas, responses, takes, body }: Handler,
): string {
  return [
    `route.${method}('${path}', {`,
    `  summary: ${literal(summary)},`,
    `  tag: ${literal(tag)},`,
    `  auth: '${auth}',`,
    ...(path.endsWith('/:id') ? ['  params: IdParams,'] : []),
    ...schemaLine(method, schemas).map((line) => `  ${line}`),
    `  responses: ${responses},`,
    ...(problems.length === 0 ? [] : [`  problems: ${literal(problems)},`]),
    `  async handler({ ${takes.join(', ')} }) {`,
    ...body.map((line) => indent(line, 4)),
    '  },',
    '}),',
  ].join('\n');
}

function schemaLine(method: Operation['method'], [first, second]: readonly string[]): string[] {
  if (first === undefined) return [];
  return [
    method === 'get' ? `query: listQuery({ filters: ${first}, sortable: ${second} }),` : `body: ${first},`,
  ];
}
