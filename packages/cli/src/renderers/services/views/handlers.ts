/** What each operation of an entity does, as the lines of its handler. */
import type { Stack } from '../../../model/stack.ts';
import { type EntityModel, repositoryName } from '../entity.ts';
import type { OperationKind } from '../operations.ts';
import { checkedReferences, type OwnReference } from '../own-references.ts';
import { literal } from '../schema/chain.ts';
import { fit } from '../source.ts';
import { type Publication, publicationOf } from './events.ts';

export interface Handler {
  /** Properties of the request that it takes. */
  readonly takes: readonly string[];
  readonly body: readonly string[];
  readonly responses: string;
  /** Names that it needs of the runtime. */
  readonly uses: readonly string[];
  /** Names that it needs of schema.ts: the body's, or the filters and the orders. */
  readonly schemas: readonly string[];
  readonly publishes: boolean;
  /** Properties of the route that say what it is about, and who may have that. */
  readonly guard?: readonly string[];
  /** Its property `references`. */
  readonly references?: readonly string[];
}

export function handlerOf(stack: Stack, model: EntityModel, kind: OperationKind): Handler {
  switch (kind) {
    case 'list':
      return list(model);
    case 'create':
      return create(model, publicationOf(stack, model, 'created'));
    case 'get':
      return get(model);
    case 'update':
      return update(model, publicationOf(stack, model, 'updated'));
    case 'delete':
      return remove(model, publicationOf(stack, model, 'deleted'));
  }
}

/** The owner's name when this right is the owner's. */
const ownerOf = (
  { entity, owner }: EntityModel,
  right: keyof EntityModel['entity']['access'],
): string | undefined => (entity.access[right] === 'owner' ? owner?.name : undefined);

function list(model: EntityModel): Handler {
  const { many, sortKeys, pascal } = model;
  const owner = ownerOf(model, 'read');
  const shared = {
    responses: `{ 200: page(${pascal}) }`,
    schemas: [`${pascal}Filters`, sortKeys],
    publishes: false,
  };
  if (owner === undefined)
    return {
      ...shared,
      takes: ['query'],
      body: [`return ok(await ${many}.list(query));`],
      uses: ['listQuery', 'ok', 'page'],
    };
  return {
    ...shared,
    takes: ['query', 'user'],
    body: [
      '// Callers see their own; admins see all.',
      `const filters = isAdmin(user) ? query.filters : { ...query.filters, ${owner}: user.id };`,
      `return ok(await ${many}.list({ ...query, filters }));`,
    ],
    uses: ['isAdmin', 'listQuery', 'ok', 'page'],
  };
}

function create(model: EntityModel, publication: Publication | undefined): Handler {
  const { entity, one, many, pascal, owner, ownerInBody, readOnly } = model;
  const givesOwner = owner !== undefined && !ownerInBody;
  const values = [
    ...(givesOwner ? [`${owner.name}: user.id`] : []),
    ...readOnly.map((field) => `${field.name}: ${literal(field.default ?? null)}`),
  ];
  const references = checkedReferences(model, 'create');
  const insert = values.length === 0 ? 'body' : `{ ${['...body', ...values].join(', ')} }`;
  return {
    takes: givesOwner ? ['body', 'user'] : ['body'],
    references: referencesOf(references),
    body: [
      ...write(one, 'inserted', (tx) => `${many}.insert(${insert}${tx})`, publication),
      `return created(${one}, \`/api/v1/${entity.names.path}/\${${one}.id}\`);`,
    ],
    responses: `{ 201: ${pascal} }`,
    uses: ['created', ...(references.length === 0 ? [] : ['ownedRecord'])],
    schemas: [`Create${pascal}`],
    publishes: publication !== undefined,
  };
}

function get(model: EntityModel): Handler {
  const { one, pascal } = model;
  return {
    takes: [recordAs(one)],
    guard: guardOf(model, 'read'),
    body: [`return ok(${one});`],
    responses: `{ 200: ${pascal} }`,
    uses: ['IdParams', 'ok', ...(ownerOf(model, 'read') === undefined ? [] : ['ownedBy'])],
    schemas: [],
    publishes: false,
  };
}

function update(model: EntityModel, publication: Publication | undefined): Handler {
  const { one, many, pascal } = model;
  const own = ownerOf(model, 'update') !== undefined;
  const references = checkedReferences(model, 'update');
  return {
    takes: ['params', 'body', 'ifMatch'],
    guard: own ? guardOf(model, 'update') : [],
    references: referencesOf(references),
    body: [
      ...write(
        one,
        'updated',
        (tx) => `${many}.update(params.id, body, { revision: ifMatch }${tx})`,
        publication,
      ),
      `return ok(${one});`,
    ],
    responses: `{ 200: ${pascal} }`,
    uses: [
      'IdParams',
      'ok',
      ...(own ? ['ownedBy'] : []),
      ...(references.length === 0 ? [] : ['ownedRecord']),
    ],
    schemas: [`Update${pascal}`],
    publishes: publication !== undefined,
  };
}

function remove(model: EntityModel, publication: Publication | undefined): Handler {
  const { one, many } = model;
  const own = ownerOf(model, 'delete') !== undefined;
  const call = (tx: string) => `await ${many}.delete(params.id, { revision: ifMatch }${tx});`;
  const lines =
    publication === undefined
      ? [call('')]
      : [
          'await platform.transaction(async (tx) => {',
          `  ${call(', tx')}`,
          ...publish(publication, one),
          '});',
        ];
  return {
    // The event needs what is gone then.
    takes: ['params', 'ifMatch', ...(publication === undefined ? [] : [recordAs(one)])],
    guard: own || publication !== undefined ? guardOf(model, 'delete') : [],
    body: [...lines, 'return noContent();'],
    responses: '{ 204: null }',
    uses: ['IdParams', 'noContent', ...(own ? ['ownedBy'] : [])],
    schemas: [],
    publishes: publication !== undefined,
  };
}

const recordAs = (one: string): string => (one === 'record' ? one : `record: ${one}`);

/** `record: …`, and `authorize: ownedBy('owner')` when this right is the owner's. */
function guardOf(model: EntityModel, right: 'read' | 'update' | 'delete'): string[] {
  const owner = ownerOf(model, right);
  const otherwise = model.readable ? ', { otherwise: 403 }' : '';
  return [
    `record: ({ params }) => ${model.many}.get(params.id),`,
    ...(owner === undefined ? [] : [`authorize: ownedBy(${literal(owner)}${otherwise}),`]),
  ];
}

/** `references: { listingId: ownedRecord(listings) },`, four spaces deep. */
function referencesOf(references: readonly OwnReference[]): string[] {
  if (references.length === 0) return [];
  const rules = references.map(({ field, target }) => {
    const holders = field.mine.length === 1 ? literal(field.mine[0]) : literal(field.mine);
    const by = holders === "'owner'" ? '' : `, { by: ${holders} }`;
    return `${field.name}: ownedRecord(${repositoryName(target)}${by})`;
  });
  return fit(4, 'references: {', rules, '}', ',')
    .split('\n')
    .map((line, index) => (index === 0 ? line : line.slice(4)));
}

/** `const listing = …`, in one transaction with its event when there is one. `within`: its name there. */
function write(
  result: string,
  within: string,
  call: (tx: string) => string,
  publication: Publication | undefined,
): string[] {
  if (publication === undefined) return [`const ${result} = await ${call('')};`];
  return [
    `const ${result} = await platform.transaction(async (tx) => {`,
    `  const ${within} = await ${call(', tx')};`,
    ...publish(publication, within),
    `  return ${within};`,
    '});',
  ];
}

/** Inside of a transaction in a handler: eight spaces deep. `from`: the variable with the record. */
function publish({ event, payload }: Publication, from: string): string[] {
  const items = payload.map(({ name, source }) => `${name}: ${from}.${source}`);
  const line = `await platform.events.publish('${event}', { ${items.join(', ')} }, tx);`;
  if (line.length + 8 <= 110) return [`  ${line}`];
  const object = fit(10, '{', items, '}', ',')
    .split('\n')
    .map((text, index) => (index === 0 ? `    ${text}` : text.slice(6)));
  return ['  await platform.events.publish(', `    '${event}',`, ...object, '    tx,', '  );'];
}
