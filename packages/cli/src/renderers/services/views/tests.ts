/** View of templates/service/tests/entity.services.test.ts.hbs: the suite of an entity's API, with what it has to know. */
import { isIssuer } from '../../../model/blueprints.ts';
import type { Service } from '../../../model/stack.ts';
import type { EntityModel } from '../entity.ts';
import { Imports } from '../imports.ts';
import { checkedReferences, type OwnReference } from '../own-references.ts';
import { literal } from '../schema/chain.ts';
import { createDefault } from '../schema/field-schema.ts';
import { fit } from '../source.ts';
import type { Distinct } from './distinct.ts';
import { otherSample, sample } from './samples.ts';
import { serviceVariable, storeKind } from './service.ts';
import { type Body, checkedFields, clientOf, pathOf, validBody } from './valid-body.ts';

export function testsView(model: EntityModel): object {
  const { entity, service, nouns, owner } = model;
  const sent = validBody(model, 'owner');
  const { most, perOwner } = sent.distinct;
  const imports = new Imports();
  imports.use('testCrud', '@hometrip/runtime/testing');
  imports.use('afterAll', 'vitest');
  const start = started(service, imports);
  const valid = validText(sent, imports);
  const roles = rolesNamed(service);
  const filter = owner ?? model.filters.find(({ optional, list }) => !optional && !list);
  const created = `${entity.name}.created`;
  return {
    imports: imports.text(),
    start,
    valid,
    options: [
      `name: ${literal(nouns)},`,
      `path: ${literal(pathOf(model))},`,
      fit(2, 'access: {', accessItems(model), '}', ','),
      ...(owner === undefined ? [] : [`owner: ${literal(owner.name)},`]),
      ...(roles.length > 0 ? [`roles: ${literal(roles)},`] : []),
      'valid,',
      ...listOption('required', required(model).map(literal)),
      ...objectOption(
        'readOnly',
        model.readOnly.map((field) => `${field.name}: ${sample(field)}`),
      ),
      ...changeOption(model, sent.distinct),
      ...(owner === undefined && filter !== undefined ? [`filter: ${literal(filter.name)},`] : []),
      ...(most < Infinity ? [`atMost: ${most},`] : []),
      ...(perOwner ? ['onePerOwner: true,'] : []),
      ...objectOption('references', referenceItems(model)),
      ...(service.publishes.includes(created)
        ? [`createdEvent: ${literal({ name: created, id: `${entity.names.camel}Id` })},`]
        : []),
    ],
  };
}

const accessItems = ({ entity: { access } }: EntityModel): string[] =>
  (['read', 'create', 'update', 'delete'] as const).map((right) => `${right}: ${literal(access[right])}`);

const listOption = (name: string, items: readonly string[]): string[] =>
  items.length === 0 ? [] : [fit(2, `${name}: [`, items, ']', ',')];
const objectOption = (name: string, items: readonly string[]): string[] =>
  items.length === 0 ? [] : [fit(2, `${name}: {`, items, '}', ',')];

/** What a user has to be in order to do all that the entities of the service let users with a role do. */
const rolesNamed = ({ entities }: Service): readonly string[] =>
  [...new Set(entities.flatMap(({ access }) => Object.values(access)))]
    .flatMap((access) => (access.startsWith('role:') ? [access.slice('role:'.length)] : []))
    .sort();

/** With what its blueprint does not start without: keys of its own, and the names of who issues tokens. */
function started(service: Service, imports: Imports): string {
  const keys = service.blueprint.secrets
    .filter(({ kind }) => kind === 'key')
    .map(({ env }) => `${env}: ${imports.use('randomBytes', 'node:crypto')}(32).toString('base64url')`);
  const issuer = isIssuer(service) ? ["AUTH_ISSUER: 'test'", "AUTH_AUDIENCE: 'test'"] : [];
  const settings = [...keys, ...issuer];
  const options = [
    ...(storeKind(service) === 'sql' ? ["migrations: new URL('../migrations/', import.meta.url)"] : []),
    ...(settings.length > 0 ? [fit(2, 'env: {', settings, '}', ',').slice(0, -1)] : []),
  ];
  const definition = imports.use(serviceVariable(service), '../src/service.ts');
  const call = `const service = await ${imports.use('startService', '@hometrip/runtime/testing')}(${definition}`;
  return options.length === 0 ? `${call});` : fit(0, `${call}, {`, options, '})', ';');
}

/** Fields that a body has to name. */
const required = ({ input, owner, ownerInBody }: EntityModel): readonly string[] => [
  ...(ownerInBody && owner !== undefined ? [owner.name] : []),
  ...input.filter((field) => createDefault(field) === undefined).map(({ name }) => name),
];

function validText({ items, steps, clients, counts, reuses }: Body, imports: Imports): string {
  const users = clients.length > 0 || counts ? imports.type('TestUsers', '@hometrip/runtime/testing') : '';
  if (reuses) imports.use('createOrFind', '@hometrip/runtime/testing');
  const parameters = [
    ...(clients.length > 0 ? [`{ ${clients.join(', ')} }: ${users}`] : counts ? [`_: ${users}`] : []),
    ...(counts ? ['n: number'] : []),
  ].join(', ');
  if (steps.length === 0)
    return [
      '/** A body that the service accepts. */',
      fit(0, `const valid = (${parameters}) => ({`, items, '})', ';'),
    ].join('\n');
  return [
    '/** A body that the service accepts. What it refers to is created first. */',
    `async function valid(${parameters}) {`,
    ...steps.map((line) => `  ${line}`),
    `  ${fit(2, 'return {', items, '}', ';')}`,
    '}',
  ].join('\n');
}

/** To another value: of what must not be the same twice, that of the next valid body. */
function changeOption({ input }: EntityModel, { digits }: Distinct): string[] {
  const [first] = input;
  if (first === undefined) return [];
  for (const field of input) {
    const text = digits.has(field.name) ? undefined : otherSample(field);
    if (text !== undefined) return [`change: { ${field.name}: ${text} },`];
  }
  const next = input.find(({ name }) => digits.has(name)) ?? first;
  return [`change: ${literal([next.name])},`];
}

/** References that a body names, and that the service looks up for the caller. */
function referenceItems(model: EntityModel): string[] {
  const named = checkedFields(model);
  const creates = checkedReferences(model, 'create');
  const updates = checkedReferences(model, 'update');
  const all = [...new Set([...creates, ...updates])].filter(({ field }) => named.includes(field));
  return all.map((reference) => {
    const checkedOn = [
      ...(creates.includes(reference) ? ['create'] : []),
      ...(updates.includes(reference) ? ['update'] : []),
    ];
    const members = creates.length === 1 && creates.includes(reference) ? membersOf(reference) : undefined;
    const rule = { checkedOn, ...(members === undefined ? {} : { members }) };
    const items = Object.entries(rule).map(([key, value]) => `${key}: ${literal(value)}`);
    return fit(4, `${reference.field.name}: {`, items, '}', ',').slice(0, -1);
  });
}

/** The list in the referenced record that names further users, where its owner may change it. */
function membersOf({ field, target }: OwnReference): { path: string; field: string } | undefined {
  const member = target.fields.find(
    ({ name, list, readOnly }) => list && !readOnly && field.mine.includes(name),
  );
  return member === undefined || clientOf(target.access.update) !== 'owner'
    ? undefined
    : { path: `/api/v1/${target.names.path}`, field: member.name };
}
