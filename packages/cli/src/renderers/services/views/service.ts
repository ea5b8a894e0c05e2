/** Views of src/main.ts, src/service.ts, src/events.ts and src/consumers.ts. */
import type { EventContract, Service, Stack } from '../../../model/stack.ts';
import type { Contribution } from '../../../model/blueprints.ts';
import { type CapabilityRow, capabilities } from '../../../model/capabilities.ts';
import { serviceIdentifier } from '../../../model/names.ts';
import { keywords } from '../../../model/reserved-names.ts';
import { type EntityModel, repositoryName } from '../entity.ts';
import { foreignTargets } from '../own-references.ts';
import { literal, quote } from '../schema/chain.ts';
import { fit, importLine } from '../source.ts';
import { rootsOf } from '../schema/chain.ts';
import { contractSchema } from '../schema/field-schema.ts';
import { contractLine } from './events.ts';

export const serviceVariable = ({ name, entities }: Service): string =>
  serviceIdentifier(
    name,
    entities.map(({ names }) => names),
  );

/** `sql`, `documents`: the word of the runtime for the kind of store; undefined without one. */
export function storeKind(service: Service): CapabilityRow['store'] {
  if (service.database === undefined) return undefined;
  const stores = service.bindings
    .filter(({ component }) => component === service.database)
    .map(({ capability }) => capabilities[capability].store);
  return stores.find((store) => store !== undefined);
}

/** The contracts that a service needs to know, by name. */
export function contractsOf(stack: Stack, service: Service): readonly EventContract[] {
  return stack.events.filter(
    ({ name }) => service.publishes.includes(name) || service.subscribes.includes(name),
  );
}

/** Events that src/consumers.ts handles: what the blueprint does not handle itself. */
export const consumedEvents = ({ subscribes, blueprint }: Service): readonly string[] =>
  subscribes.filter((event) => !blueprint.consumes.includes(event));

/** The `needs` of defineService, in its order. */
export function needsOf(service: Service): Readonly<Record<string, unknown>> {
  const store = storeKind(service);
  const chosen = service.bindings.flatMap(({ capability, implied }) => {
    const { need, claim, declared } = capabilities[capability];
    return need === undefined || claim !== 'uses' || !declared || implied === true
      ? []
      : [[need, true] as const];
  });
  return {
    ...(store === undefined ? {} : { database: store }),
    ...(service.publishes.length + service.subscribes.length > 0 ? { events: true } : {}),
    ...Object.fromEntries(chosen),
    ...service.blueprint.needs,
  };
}

export function serviceView(stack: Stack, service: Service, models: readonly EntityModel[]): object {
  const contracts = contractsOf(stack, service).length > 0;
  const consumers = consumedEvents(service).length > 0;
  const given = service.blueprint.contributes;
  const entityRoutes = models.map((model) => entityRoutesCall(stack, model));
  const routes = [...(given['routes'] ?? []).map(spread), ...entityRoutes];
  const consumerLists = [
    ...(given['consumers'] ?? []).map(spread),
    ...(consumers && given['consumers'] ? ['...consumers()'] : []),
  ];
  const others = Object.entries(given).filter(
    ([key, list]) => key !== 'routes' && key !== 'consumers' && list.length > 0,
  );
  const needs = Object.entries(needsOf(service)).map(([key, value]) => `${key}: ${literal(value)}`);
  const imports = [
    { from: '@hometrip/runtime', names: ['defineService'] },
    ...Object.values(given)
      .flat()
      .map(({ from, name }) => ({ from, names: [name] })),
    ...models.flatMap(({ entity, routes, many }) => [
      { from: `./${entity.name}/repository.ts`, names: [many] },
      { from: `./${entity.name}/routes.ts`, names: [routes] },
    ]),
    ...(service.calls.length === 0 ? [] : [{ from: './calls/index.ts', names: ['calls'] }]),
    ...(consumers ? [{ from: './consumers.ts', names: ['consumers'] }] : []),
    ...(contracts ? [{ from: './events.ts', names: ['contracts'] }] : []),
  ];
  return {
    imports: importsText(imports),
    variable: serviceVariable(service),
    lines: [
      `name: ${quote(service.name)},`,
      "version: '1.0.0',",
      ...(service.description === undefined ? [] : [`description: ${quote(service.description)},`]),
      ...(needs.length === 0 ? [] : [fit(2, 'needs: {', needs, '}', ',')]),
      ...(service.calls.length === 0 ? [] : ['calls,']),
      ...callPolicyLines(service),
      ...(contracts ? ['contracts,'] : []),
      listLine('routes', routes),
      ...(consumerLists.length > 0
        ? [listLine('consumers', consumerLists)]
        : consumers
          ? ['consumers,']
          : []),
      ...others.map(([key, list]) =>
        // Not a list: background work is one function, which ends what it began.
        key === 'start' ? `start: ${list[0]?.name},` : listLine(key, list.map(spread)),
      ),
    ],
  };
}

function callPolicyLines({ callPolicies }: Service): string[] {
  const policies = Object.entries(callPolicies);
  if (policies.length === 0) return [];
  return [
    'callPolicies: {',
    ...policies.map(([target, policy]) => `  ${quote(target)}: ${literal(policy)},`),
    '},',
  ];
}

const spread = ({ name }: Contribution): string => `...${name}(platform)`;

function listLine(key: string, items: readonly string[]): string {
  const parameter = items.some((item) => item.includes('platform')) ? '(platform)' : '()';
  return fit(2, `${key}: ${parameter} => [`, items, ']', ',');
}

function entityRoutesCall(stack: Stack, model: EntityModel): string {
  const { routes, many, entity, service } = model;
  // What has nothing to change is never updated.
  const moments = model.input.length > 0 ? ['created', 'updated', 'deleted'] : ['created', 'deleted'];
  const publishes = moments.some(
    (moment) =>
      service.publishes.includes(`${entity.name}.${moment}`) &&
      stack.events.some(({ name }) => name === `${entity.name}.${moment}`),
  );
  const repositories = [many, ...foreignTargets(model).map(repositoryName)];
  const given = [
    ...repositories.map((name) => `${name}: ${name}(platform)`),
    ...(publishes ? ['platform'] : []),
  ];
  return fit(4, `...${routes}({`, given, '})', ',').replace(/,$/, '');
}

function importsText(
  imports: readonly { readonly from: string; readonly names: readonly string[] }[],
): string {
  const byFile = new Map<string, string[]>();
  for (const { from, names } of imports) byFile.set(from, [...(byFile.get(from) ?? []), ...names]);
  const rank = (from: string): string => (from.startsWith('.') ? `1${from}` : `0${from}`);
  return [...byFile]
    .sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1))
    .map(([from, names]) => importLine(names, from))
    .join('\n');
}

/** With their descriptions as comments, if they have any. */
export function rolesView({ accountRoles }: Service): object {
  const plain = accountRoles.every(({ description }) => description === undefined);
  const items = accountRoles.map(({ name, description }) =>
    description === undefined ? `  ${quote(name)},` : `  ${quote(name)}, // ${description}`,
  );
  const names = accountRoles.map(({ name }) => quote(name));
  return {
    roles: plain
      ? fit(0, 'export const roles = [', names, ']', ' as const;')
      : ['export const roles = [', ...items, '] as const;'].join('\n'),
  };
}

export const eventsView = (contracts: readonly EventContract[]): object => ({
  imports: importLine(
    ['z', ...contracts.flatMap(({ fields }) => fields.flatMap((field) => rootsOf(contractSchema(field))))],
    '@hometrip/runtime',
  ),
  lines: contracts.map(contractLine),
});

/** A handler logs whom it concerns, never the whole payload: that may hold personal data. */
export function consumersView(contracts: readonly EventContract[]): object {
  return {
    handlers: contracts.map(({ name, fields }) => {
      const ids = fields
        .filter(({ type, list }) => !list && ['uuid', 'user', 'reference'].includes(type.kind))
        .map((field) => field.name)
        // Each becomes a variable, beside the log.
        .filter((name) => !keywords.has(name) && name !== 'log');
      const subject = ids.length === 0 ? undefined : `{ ${ids.slice(0, 3).join(', ')} }`;
      return [
        `on(contracts, ${quote(name)}, async (${subject ?? '_'}, { log }) => {`,
        `    log.info(${subject === undefined ? '' : `${subject}, `}${quote(name)});`,
        '  }),',
      ].join('\n');
    }),
  };
}
