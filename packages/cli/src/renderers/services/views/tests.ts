/** View of templates/service/tests/entity.services.test.ts.hbs: the API of an entity, tested by role. */
import type { Access, Entity, Field, Service } from '../../../model/stack.ts';
import { isTaken } from '../../../model/names.ts';
import { type EntityModel, entityModel } from '../entity.ts';
import { checkedReferences, type OwnReference } from '../own-references.ts';
import { literal } from '../schema/chain.ts';
import { createDefault } from '../schema/field-schema.ts';
import { fit, importLine, indent, inWords, withArticle } from '../source.ts';
import { otherSample, sample } from './samples.ts';
import { serviceVariable, storeKind } from './service.ts';

/** The variable of the client that has a right: see `clients` in the template. */
function clientOf(access: Access): string {
  switch (access) {
    case 'public':
      return 'service';
    case 'admin':
      return 'admin';
    case 'service':
      return 'internal';
    default:
      return 'owner';
  }
}

export function testsView(model: EntityModel): object {
  const { entity, service, nouns, owner } = model;
  const { access } = entity;
  const steps = parentSteps(model);
  const counted = /\bn\b/.test([...bodyItems(model), ...steps.map((step) => step.text)].join());
  const tests = [
    created(model),
    invalid(model),
    ...readOnly(model),
    listed(model),
    filtered(model),
    read(model),
    ...changed(model),
    guarded(model),
    ...own(model),
    ...checkedReferencesOf(model).flatMap((reference) => referred(model, reference)),
    deleted(model),
    ...published(model),
  ];
  const text = tests.map((test) => indent(test, 2)).join('\n\n');
  const body = validBody(model, steps, counted);
  const all = `${text}\n${body}`;
  const internal = /\binternal\b/.test(all);
  const stranger = /\bstranger\b/.test(all);
  const admin = /\badmin\b/.test(all);
  const clients = [
    ...(/\bowner\b/.test(all.replaceAll(/owner:/g, '')) ? ['owner'] : []),
    ...(stranger ? ['stranger'] : []),
    ...(admin ? ['admin'] : []),
    ...(internal ? ['internal'] : []),
  ];
  const host =
    [access.read, access.create, access.update, access.delete].includes('host') ||
    steps.some(({ text: step }) => /\b(owner|by)\.post/.test(step));
  return {
    path: path(model),
    imports: [
      ...(/\brandomUUID\(/.test(all) ? ["import { randomUUID } from 'node:crypto';"] : []),
      importLine(['startService', 'type TestClient', 'type TestService'], '@hometrip/runtime/testing'),
      "import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';",
      `import { ${serviceVariable(service)} } from '../src/service.ts';`,
    ].join('\n'),
    declarations: clients.map((name) => `let ${name}: TestClient;`).join('\n'),
    counter: counted ? 'let n = 0;\n' : '',
    start:
      storeKind(service) === 'sql'
        ? `await startService(${serviceVariable(service)}, { migrations: new URL('../migrations/', import.meta.url) })`
        : `await startService(${serviceVariable(service)})`,
    clients: clients
      .map((name) => {
        const roles =
          name === 'admin'
            ? ['admin']
            : name === 'internal'
              ? ['service']
              : name === 'owner' && host
                ? ['guest', 'host']
                : ['guest'];
        return `  ${name} = await service.as({ roles: ${literal(roles)} });`;
      })
      .join('\n'),
    body,
    nouns,
    hasOwner: owner !== undefined,
    tests: text,
  };
}

const isUnique = (entity: Entity, field: Field): boolean =>
  field.unique || entity.unique.some((group) => group.includes(field.name));
const path = ({ entity }: EntityModel): string => `/api/v1/${entity.names.path}`;
const item = '`${path}/${body.id}`';

/** Fields that a body has to name. */
const required = (model: EntityModel): readonly Field[] =>
  model.input.filter((field) => createDefault(field) === undefined);

/** What `valid()` gives: all that a body has to name, and references that are checked, required or not. */
const given = (model: EntityModel): readonly Field[] =>
  model.input.filter(
    (field) =>
      createDefault(field) === undefined ||
      model.ownReferences.some((own) => own.field === field && own.target !== model.entity),
  );

const checkedReferencesOf = (model: EntityModel): readonly OwnReference[] =>
  given(model).flatMap((field) =>
    [...checkedReferences(model, 'create'), ...checkedReferences(model, 'update')]
      .filter((own) => own.field === field)
      .slice(0, 1),
  );

/** True when the service looks the reference up, so that it has to lead to something. */
const isLookedUp = ({ type, list, mine }: Field, service: Service): boolean =>
  type.kind === 'reference' &&
  type.service === service.name &&
  !list &&
  (storeKind(service) === 'sql' || mine.length > 0);

interface ParentStep {
  readonly variable: string;
  readonly text: string;
}

/** What has to exist before: entities of the same service that fields refer to, theirs first. */
function parentSteps(
  model: EntityModel,
  by: string = creatorOf(model),
  path_: readonly string[] = [],
): ParentStep[] {
  return given(model).flatMap((field) => {
    if (field.type.kind !== 'reference' || !isLookedUp(field, model.service)) return [];
    const name = field.type.entity;
    const target = model.service.entities.find((candidate) => candidate.name === name);
    if (target === undefined || path_.includes(name) || name === model.entity.name) return [];
    const parent = entityModel(target, model.service);
    const steps = parentSteps(parent, by, [...path_, name]);
    const client = clientOf(target.access.create);
    const post = `${client === 'owner' ? by : client}.post('${path(parent)}', `;
    return [
      ...steps,
      {
        variable: local(field),
        text: fit(2, `const ${local(field)} = await ${post}{`, bodyItems(parent, by, field.mine), '})', ';'),
      },
    ];
  });
}

/** Who creates what a body refers to: a parameter of `valid()` where it matters whose that is. */
const creatorOf = (model: EntityModel): string => (checkedReferencesOf(model).length > 0 ? 'by' : 'owner');

/** The variable with the reply that created what a field refers to: `listingId` → listing. */
function local({ name }: Field): string {
  const variable = /.Id$/.test(name) ? name.slice(0, -2) : name;
  return isTaken(variable) ? `${variable}Reply` : variable;
}

/** `title: 'Title'`, `listingId`: required fields, and the optional ones too when they cannot be confused. */
function bodyItems(model: EntityModel, by = 'owner', holders: readonly string[] = []): string[] {
  const { entity, owner, ownerInBody, service, input } = model;
  const items = input
    .filter((field) => given(model).includes(field) || holders.includes(field.name))
    .map((field) => {
      if (holders.includes(field.name))
        return `${field.name}: ${field.list ? `[${by}.userId]` : `${by}.userId`}`;
      return isLookedUp(field, service)
        ? `${field.name}: ${local(field)}.body.id`
        : `${field.name}: ${sample(field, isUnique(entity, field))}`;
    });
  return [...(ownerInBody && owner !== undefined ? [`${owner.name}: ${by}.userId`] : []), ...items];
}

function validBody(model: EntityModel, steps: readonly ParentStep[], counted: boolean): string {
  const distinct = [...new Map(steps.map((step) => [step.variable, step.text])).values()];
  const lines = [...(counted ? ['n += 1;'] : []), ...distinct];
  const comment =
    creatorOf(model) === 'by'
      ? '/** A valid body; what it refers to is created first, by the one whose it shall be. */'
      : distinct.length > 0
        ? '/** A valid body; what it refers to is created first. */'
        : '/** A valid body. */';
  return [
    comment,
    `async function valid(${creatorOf(model) === 'by' ? 'by = owner' : ''}) {`,
    ...lines.map((line) => `  ${line}`),
    `  ${fit(2, 'return {', bodyItems(model), '}', ';')}`,
    '}',
  ].join('\n');
}

const test = (title: string, lines: readonly string[]): string =>
  [`it(${literal(title)}, async () => {`, ...lines.map((line) => indent(line, 2)), '});'].join('\n');

const create = (model: EntityModel): string =>
  `const { body } = await ${clientOf(model.entity.access.create)}.post(path, await valid());`;

function created(model: EntityModel): string {
  const { entity, owner } = model;
  return test('are created', [
    'const body = await valid();',
    `const reply = await ${clientOf(entity.access.create)}.post(path, body);`,
    'expect(reply.status).toBe(201);',
    `expect(reply.headers.get('location')).toBe(\`\${path}/\${reply.body.id}\`);`,
    "expect(reply.headers.get('etag')).toBe('\"1\"');",
    `expect(reply.body).toMatchObject({ ...body, ${owner === undefined || (clientOf(entity.access.create) !== 'owner' && !model.ownerInBody) ? '' : `${owner.name}: owner.userId, `}revision: 1 });`,
  ]);
}

function invalid(model: EntityModel): string {
  const client = clientOf(model.entity.access.create);
  return test('are refused when something is wrong with them, naming what', [
    `const reply = await ${client}.post(path, { ...(await valid()), surprise: true });`,
    'expect(reply.status).toBe(422);',
    "expect(reply.headers.get('content-type')).toContain('application/problem+json');",
    "expect(reply.body).toMatchObject({ code: 'validation-failed', status: 422 });",
    ...(required(model).length === 0 && !model.ownerInBody
      ? []
      : [`expect((await ${client}.post(path, {})).status).toBe(422);`]),
  ]);
}

function readOnly(model: EntityModel): string[] {
  const [field] = model.readOnly;
  if (field === undefined) return [];
  return [
    test(`do not let clients set ${field.name}`, [
      `const reply = await ${clientOf(model.entity.access.create)}.post(path, { ...(await valid()), ${field.name}: ${sample(field, false)} });`,
      'expect(reply.status).toBe(422);',
    ]),
  ];
}

/** Who sees them all. */
const lister = ({ entity }: EntityModel): string =>
  entity.access.read === 'owner' ? 'admin' : clientOf(entity.access.read);

function listed(model: EntityModel): string {
  const { entity } = model;
  const fresh = entity.fields.some((field) => field.name === entity.ownerField && isUnique(entity, field));
  return test('are listed in pages, each once', [
    'const ids = new Set<string>();',
    'for (let count = 0; count < 3; count += 1) {',
    ...(fresh ? ["  owner = await service.as({ roles: ['guest', 'host'] });"] : []),
    `  ids.add((await ${clientOf(entity.access.create)}.post(path, await valid())).body.id);`,
    '}',
    'const seen: string[] = [];',
    'let cursor: string | null = null;',
    'do {',
    `  const query: string = cursor === null ? '' : \`&cursor=\${encodeURIComponent(cursor)}\`;`,
    `  const { status, body } = await ${lister(model)}.get(\`\${path}?limit=2&sort=createdAt\${query}\`);`,
    '  expect(status).toBe(200);',
    '  expect(body.items.length).toBeLessThanOrEqual(2);',
    '  seen.push(...body.items.map(({ id }: { id: string }) => id));',
    '  cursor = body.nextCursor;',
    '} while (cursor !== null);',
    'expect(new Set(seen).size).toBe(seen.length);',
    'expect([...ids].every((id) => seen.includes(id))).toBe(true);',
  ]);
}

function filtered(model: EntityModel): string {
  const field = model.owner ?? model.filters.find(({ optional, list }) => !optional && !list);
  const lines = [create(model)];
  if (field !== undefined) {
    lines.push(
      `const query = \`limit=100&${field.name}=\${encodeURIComponent(body.${field.name})}\`;`,
      `const { body: found } = await ${lister(model)}.get(\`\${path}?\${query}\`);`,
      'expect(found.items).toContainEqual(body);',
      `expect(found.items.every((${model.one}: typeof body) => ${model.one}.${field.name} === body.${field.name})).toBe(true);`,
    );
  } else {
    lines.push(
      `expect((await ${lister(model)}.get(\`\${path}?limit=100\`)).body.items).toContainEqual(body);`,
    );
  }
  return test('are filtered by equality, by known fields only', [
    ...lines,
    `expect((await ${lister(model)}.get(\`\${path}?surprise=1\`)).status).toBe(422);`,
  ]);
}

function read(model: EntityModel): string {
  const client = clientOf(model.entity.access.read);
  return test('are read, and not sent again while they are unchanged', [
    create(model),
    `const reply = await ${client}.get(${item});`,
    'expect(reply.status).toBe(200);',
    'expect(reply.body).toEqual(body);',
    `expect((await ${client}.get(${item}, { 'if-none-match': '"1"' })).status).toBe(304);`,
    `expect((await ${client}.get(\`\${path}/\${randomUUID()}\`)).status).toBe(404);`,
  ]);
}

function changed(model: EntityModel): string[] {
  const { entity, input } = model;
  if (input.length === 0) return [];
  const client = clientOf(entity.access.update);
  const candidate = input
    .map((field) => ({ field, text: otherSample(field) }))
    .find(({ text }) => text !== undefined);
  const change =
    candidate === undefined
      ? `{ ${input[0]?.name}: body.${input[0]?.name} }`
      : `{ ${candidate.field.name}: ${candidate.text} }`;
  return [
    test('are changed by who has read the latest revision', [
      create(model),
      `const change = ${change};`,
      `const reply = await ${client}.patch(${item}, change, { 'if-match': '"1"' });`,
      'expect(reply.status).toBe(200);',
      'expect(reply.body).toMatchObject({ ...change, revision: 2 });',
      "expect(reply.headers.get('etag')).toBe('\"2\"');",
      `expect((await ${client}.patch(${item}, change, { 'if-match': '"1"' })).status).toBe(412);`,
      `expect((await ${client}.patch(${item}, {})).status).toBe(422);`,
    ]),
  ];
}

/** Who is refused, by right: nobody (401), the wrong role (403), somebody else (403, or 404 when it is private). */
function guarded(model: EntityModel): string {
  const { entity, input } = model;
  const { access } = entity;
  const calls = [
    { right: access.create, call: (client: string) => `${client}.post(path, await valid())` },
    { right: access.read, call: (client: string) => `${client}.get(${item})` },
    ...(input.length === 0
      ? []
      : [{ right: access.update, call: (client: string) => `${client}.patch(${item}, changes)` }]),
    { right: access.delete, call: (client: string) => `${client}.delete(${item})` },
  ];
  const first = input[0];
  const changes = first === undefined ? [] : [`const changes = { ${first.name}: body.${first.name} };`];
  const lines = calls.flatMap(({ right, call }) => {
    const send = (client: string, status: number) =>
      `expect((await ${call(client)}).status).toBe(${status});`;
    if (right === 'public') return [];
    if (right === 'user') return [send('service', 401)];
    if (right === 'owner') return [send('service', 401), send('stranger', model.readable ? 403 : 404)];
    return [send('service', 401), send('stranger', 403)];
  });
  return test(
    'are out of reach for everybody else',
    lines.length === 0
      ? [`expect((await service.get(path)).status).toBe(200);`]
      : [
          ...(lines.some((line) => line.includes('body.')) ? [create(model)] : []),
          ...(lines.some((line) => line.includes('changes')) ? changes : []),
          ...lines,
        ],
  );
}

function own(model: EntityModel): string[] {
  if (model.entity.access.read !== 'owner') return [];
  return [
    test('show everybody their own', [
      create(model),
      `expect((await owner.get(path)).body.items).toEqual([body]);`,
      `expect((await stranger.get(path)).body.items).toEqual([]);`,
      `expect((await admin.get(${item})).status).toBe(200);`,
    ]),
  ];
}

/** A reference to what is somebody else's is refused, by everybody who is not an admin. */
function referred(model: EntityModel, reference: OwnReference): string[] {
  const { entity } = model;
  const { field, target } = reference;
  const creates = checkedReferences(model, 'create').includes(reference);
  const updates = checkedReferences(model, 'update').includes(reference);
  const other = "const other = await service.as({ roles: ['guest', 'host'] });";
  const refers = (value: string): string => `{ ...(await valid()), ${field.name}: ${value} }`;
  const refused = test(`take only ${withArticle(inWords(target.name))} of one's own as ${field.name}`, [
    other,
    `const foreign = (await valid(other)).${field.name};`,
    ...(creates
      ? [
          `const reply = await owner.post(path, ${refers('foreign')});`,
          'expect(reply.status).toBe(403);',
          ...wrapped(
            'expect(reply.body).toMatchObject({',
            ["code: 'foreign-reference'", `errors: [{ path: 'body.${field.name}' }]`],
            '});',
          ),
          `expect((await owner.post(path, ${refers('randomUUID()')})).status).toBe(422);`,
          `expect((await admin.post(path, ${refers('foreign')})).status).toBe(201);`,
        ]
      : []),
    ...(updates
      ? [
          create(model),
          `expect((await owner.patch(${item}, { ${field.name}: foreign })).status).toBe(403);`,
          `expect((await owner.get(${item})).body).toEqual(body);`,
        ].slice(0, clientOf(entity.access.read) === 'owner' || entity.access.read === 'public' ? 3 : 2)
      : []),
  ]);
  const member = target.fields.find(
    ({ name, list, readOnly }) => list && !readOnly && field.mine.includes(name),
  );
  const alone = checkedReferences(model, 'create').length === 1;
  if (member === undefined || !creates || !alone || clientOf(target.access.update) !== 'owner')
    return [refused];
  const parent = `\`/api/v1/${target.names.path}/\${body.${field.name}}\``;
  return [
    refused,
    test(`are created by ${inWords(member.name)} of the ${inWords(target.name)} too`, [
      other,
      'const body = await valid();',
      'expect((await other.post(path, body)).status).toBe(403);',
      `await owner.patch(${parent}, { ${member.name}: [other.userId] });`,
      'expect((await other.post(path, body)).status).toBe(201);',
    ]),
  ];
}

/** A statement four spaces deep, on one line when it fits. */
const wrapped = (open: string, items: readonly string[], close: string): string[] =>
  fit(4, open, items, close)
    .split('\n')
    .map((line, index) => (index === 0 ? line : line.slice(4)));

function deleted(model: EntityModel): string {
  const client = clientOf(model.entity.access.delete);
  return test('are deleted', [
    create(model),
    `expect((await ${client}.delete(${item}, { 'if-match': '"7"' })).status).toBe(412);`,
    `expect((await ${client}.delete(${item})).status).toBe(204);`,
    `expect((await ${clientOf(model.entity.access.read)}.get(${item})).status).toBe(404);`,
  ]);
}

function published(model: EntityModel): string[] {
  const { entity, service } = model;
  const event = `${entity.name}.created`;
  if (!service.publishes.includes(event)) return [];
  return [
    test('tell other services', [
      `const probe = await service.events('${event}');`,
      create(model),
      `const { payload } = await probe.waitFor('${event}', (found) => found.${entity.names.camel}Id === body.id);`,
      `expect(payload.${entity.names.camel}Id).toBe(body.id);`,
    ]),
  ];
}
