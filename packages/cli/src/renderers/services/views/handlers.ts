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
  const { many, camel, pascal } = model;
  const owner = ownerOf(model, 'read');
  const shared = {
    responses: `{ 200: page(${pascal}) }`,
    schemas: [`${pascal}Filters`, `${camel}SortKeys`],
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
      '// Everybody sees their own; admins see all.',
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
    takes: givesOwner || references.length > 0 ? ['body', 'user'] : ['body'],
    body: [
      ...references.flatMap(ownReferenceCheck),
      ...write(one, (tx) => `${many}.insert(${insert}${tx})`, publication),
      `return created(${one}, \`/api/v1/${entity.names.path}/\${${one}.id}\`);`,
    ],
    responses: `{ 201: ${pascal} }`,
    uses: ['created', ...(references.length === 0 ? [] : ['ownReference'])],
    schemas: [`Create${pascal}`],
    publishes: publication !== undefined,
  };
}

function get(model: EntityModel): Handler {
  const { one, pascal } = model;
  const owner = ownerOf(model, 'read');
  return {
    takes: owner === undefined ? ['params'] : ['params', 'user'],
    body: [
      ...find(model),
      ...(owner === undefined ? [] : [`ownedBy(user, ${one}.${owner});`]),
      `return ok(${one});`,
    ],
    responses: `{ 200: ${pascal} }`,
    uses: ['IdParams', 'notFound', 'ok', ...(owner === undefined ? [] : ['ownedBy'])],
    schemas: [],
    publishes: false,
  };
}

function update(model: EntityModel, publication: Publication | undefined): Handler {
  const { one, many, pascal } = model;
  const own = ownerOf(model, 'update') !== undefined;
  const references = checkedReferences(model, 'update');
  const result = own ? 'changed' : one;
  return {
    takes: ['params', 'body', 'ifMatch', ...(own || references.length > 0 ? ['user'] : [])],
    body: [
      ...(own ? [...find(model), ownership(model)] : []),
      ...references.flatMap(ownReferenceCheck),
      ...write(
        result,
        (tx) => `${many}.update(params.id, body, { revision: ifMatch }${tx})`,
        publication && about(publication, one, result),
      ),
      `return ok(${result});`,
    ],
    responses: `{ 200: ${pascal} }`,
    uses: [
      'IdParams',
      'ok',
      ...(own ? ['notFound', 'ownedBy'] : []),
      ...(references.length === 0 ? [] : ['ownReference']),
    ],
    schemas: [`Update${pascal}`],
    publishes: publication !== undefined,
  };
}

function remove(model: EntityModel, publication: Publication | undefined): Handler {
  const { many } = model;
  const own = ownerOf(model, 'delete') !== undefined;
  // The event needs what is gone then.
  const finds = own || publication !== undefined;
  const call = (tx: string) => `await ${many}.delete(params.id, { revision: ifMatch }${tx});`;
  const lines =
    publication === undefined
      ? [call('')]
      : ['await platform.transaction(async (tx) => {', `  ${call(', tx')}`, ...publish(publication), '});'];
  return {
    takes: ['params', 'ifMatch', ...(own ? ['user'] : [])],
    body: [
      ...(finds ? find(model) : []),
      ...(own ? [ownership(model)] : []),
      ...lines,
      'return noContent();',
    ],
    responses: '{ 204: null }',
    uses: ['IdParams', 'noContent', ...(finds ? ['notFound'] : []), ...(own ? ['ownedBy'] : [])],
    schemas: [],
    publishes: publication !== undefined,
  };
}

/** A private thing that is not there and one that is somebody else's must look the same: no detail. */
const find = ({ one, many, noun, readable }: EntityModel): string[] => [
  `const ${one} = await ${many}.get(params.id);`,
  `if (${one} === undefined) throw notFound(${readable ? literal(noun) : ''});`,
];

const ownership = ({ one, owner, readable }: EntityModel): string =>
  `ownedBy(user, ${one}.${owner?.name}${readable ? ', { readable: true }' : ''});`;

/** `await ownReference(user, body, 'listingId', ['owner'], listings);`, six spaces deep. */
function ownReferenceCheck({ field, target }: OwnReference): string[] {
  const items = ['user', 'body', literal(field.name), literal(field.mine), repositoryName(target)];
  const line = `await ownReference(${items.join(', ')});`;
  return line.length + 6 <= 110
    ? [line]
    : ['await ownReference(', ...items.map((item) => `  ${item},`), ');'];
}

/** `const listing = …`, in one transaction with its event when there is one. */
function write(result: string, call: (tx: string) => string, publication: Publication | undefined): string[] {
  if (publication === undefined) return [`const ${result} = await ${call('')};`];
  return [
    `const ${result} = await platform.transaction(async (tx) => {`,
    `  const ${result} = await ${call(', tx')};`,
    ...publish(publication),
    `  return ${result};`,
    '});',
  ];
}

/** Inside of a transaction in a handler: eight spaces deep. */
function publish({ event, payload }: Publication): string[] {
  const line = `await platform.events.publish('${event}', { ${payload.join(', ')} }, tx);`;
  if (line.length + 8 <= 110) return [`  ${line}`];
  const object = fit(10, '{', payload, '}', ',')
    .split('\n')
    .map((text, index) => (index === 0 ? `    ${text}` : text.slice(6)));
  return ['  await platform.events.publish(', `    '${event}',`, ...object, '    tx,', '  );'];
}

/** The same payload, of another variable. */
const about = (publication: Publication, from: string, to: string): Publication => ({
  ...publication,
  payload: publication.payload.map((item) => item.replace(`: ${from}.`, `: ${to}.`)),
});
