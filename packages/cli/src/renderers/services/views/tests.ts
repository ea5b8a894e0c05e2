/** View of templates/service/tests/entity.services.test.ts.hbs: the API of an entity, tested by role. */
import { isIssuer } from '../../../model/blueprints.ts';
import type { Field, Service } from '../../../model/stack.ts';
import type { EntityModel } from '../entity.ts';
import { checkedReferences, type OwnReference } from '../own-references.ts';
import { literal } from '../schema/chain.ts';
import { createDefault } from '../schema/field-schema.ts';
import { fit, importLine, indent, inWords, withArticle } from '../source.ts';
import type { Distinct } from './distinct.ts';
import { otherSample, sample } from './samples.ts';
import { serviceVariable, storeKind } from './service.ts';
import { type Body, checkedFields, clientOf, lister, pathOf, validBody } from './valid-body.ts';

/** Whether a body differs from the one before. */
const counts = ({ items, steps }: Body): boolean => [...items, ...steps].some((text) => /\bn\b/.test(text));
/** As a variable that is used, not as a word in a text or the name of a field. */
const mentions = (text: string, client: string): boolean =>
  new RegExp(`(?<![\\w.'&?])${client}(\\.(get|post|patch|delete|userId)\\b|[,)])`).test(text);

export function testsView(model: EntityModel): object {
  const { service, nouns, owner } = model;
  const by = creatorOf(model);
  const sent = validBody(model, by);
  const { distinct } = sent;
  const counted = counts(sent);
  const few = distinct.most < Infinity;
  const tests = [
    created(model),
    invalid(model),
    ...readOnly(model),
    listed(model, distinct),
    filtered(model),
    read(model),
    ...changed(model, distinct),
    guarded(model),
    ...own(model),
    ...checkedReferencesOf(model).flatMap((reference) => referred(model, reference)),
    deleted(model),
    ...published(model),
  ];
  const text = tests.map((test) => indent(test, 2)).join('\n\n');
  const body = [validText(by, sent, counted), ...(few ? [emptied(model, distinct)] : [])].join('\n\n');
  const all = `${text}\n${body}`;
  const clients = ['owner', 'stranger', 'admin', 'internal'].filter((client) => mentions(all, client));
  return {
    path: pathOf(model),
    imports: [
      ...nodeCrypto(`${all}\n${started(service)}`),
      importLine(
        [
          'startService',
          ...(clients.length > 0 || sent.reuses ? ['type TestClient'] : []),
          'type TestService',
        ],
        '@hometrip/runtime/testing',
      ),
      importLine(
        [
          'afterAll',
          ...(few ? ['afterEach'] : []),
          'beforeAll',
          ...(clients.length > 0 ? ['beforeEach'] : []),
          'describe',
          'expect',
          'it',
        ],
        'vitest',
      ),
      `import { ${serviceVariable(service)} } from '../src/service.ts';`,
    ].join('\n'),
    declarations: [...clients.map((name) => `let ${name}: TestClient;`), ...(counted ? ['let n = 0;'] : [])],
    start: started(service),
    clients: clients
      .map((name) => {
        const roles: Readonly<Record<string, readonly string[]>> = {
          admin: ['admin'],
          internal: ['service'],
          owner: rolesNamed(service),
        };
        return `  ${name} = ${signedIn(roles[name])};`;
      })
      .join('\n'),
    hasClients: clients.length > 0,
    body,
    nouns,
    hasOwner: owner !== undefined,
    tests: text,
  };
}

/** What a user has to be in order to do all that the entities of the service let users with a role do. */
const rolesNamed = ({ entities }: Service): readonly string[] =>
  [...new Set(entities.flatMap(({ access }) => Object.values(access)))]
    .flatMap((access) => (access.startsWith('role:') ? [access.slice('role:'.length)] : []))
    .sort();

const signedIn = (roles: readonly string[] = []): string =>
  `await service.as(${roles.length === 0 ? '' : `{ roles: ${literal(roles)} }`})`;

const nodeCrypto = (text: string): string[] => {
  const used = ['randomBytes', 'randomUUID'].filter((name) => text.includes(`${name}(`));
  return used.length === 0 ? [] : [importLine(used, 'node:crypto')];
};

/** With what its blueprint does not start without: keys of its own, and the names of who issues tokens. */
function started(service: Service): string {
  const keys = service.blueprint.secrets
    .filter(({ kind }) => kind === 'key')
    .map(({ env }) => `${env}: randomBytes(32).toString('base64url')`);
  const issuer = isIssuer(service) ? ["AUTH_ISSUER: 'test'", "AUTH_AUDIENCE: 'test'"] : [];
  const settings = [...keys, ...issuer];
  const options = [
    ...(storeKind(service) === 'sql' ? ["migrations: new URL('../migrations/', import.meta.url)"] : []),
    ...(settings.length > 0 ? [fit(4, 'env: {', settings, '}', ',').slice(0, -1)] : []),
  ];
  return options.length === 0
    ? `await startService(${serviceVariable(service)})`
    : fit(2, `service = await startService(${serviceVariable(service)}, {`, options, '})', ';')
        .replace('service = ', '')
        .slice(0, -1);
}

const item = '`${path}/${body.id}`';

/** Fields that a body has to name. */
const required = (model: EntityModel): readonly Field[] =>
  model.input.filter((field) => createDefault(field) === undefined);

const checkedReferencesOf = (model: EntityModel): readonly OwnReference[] =>
  checkedFields(model).flatMap((field) =>
    [...checkedReferences(model, 'create'), ...checkedReferences(model, 'update')]
      .filter((own) => own.field === field)
      .slice(0, 1),
  );

/** Who creates what a body refers to: a parameter of `valid()` where it matters whose that is. */
const creatorOf = (model: EntityModel): string => (checkedFields(model).length > 0 ? 'by' : 'owner');

function validText(by: string, { items, steps, reuses }: Body, counted: boolean): string {
  const comment =
    by === 'by'
      ? '/** A valid body; what it refers to is created first, by the one whose it shall be. */'
      : steps.length > 0
        ? '/** A valid body; what it refers to is created first. */'
        : '/** A valid body. */';
  return [
    ...(reuses ? [oneLike, ''] : []),
    comment,
    `async function valid(${by === 'by' ? 'by = owner' : ''}) {`,
    ...[...(counted ? ['n += 1;'] : []), ...steps].map((line) => `  ${line}`),
    `  ${fit(2, 'return {', items, '}', ';')}`,
    '}',
  ].join('\n');
}

const oneLike = `/** There can be only so many of these: one that is there already will do. */
async function oneLike(by: TestClient, seenBy: TestClient, path: string, body: object, same: object) {
  const reply = await by.post(path, body);
  if (reply.status !== 409) return reply.body;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(same)) query.set(name, String(value));
  return (await seenBy.get(\`\${path}?\${query}\`)).body.items[0];
}`;

/** Where there can be few records, each test begins without any, and counts from one. */
function emptied(model: EntityModel, { most }: Distinct): string {
  const remover = model.entity.access.delete === 'owner' ? 'admin' : clientOf(model.entity.access.delete);
  return [
    `// ${most === 1 ? 'There can be only one' : `There can be ${most} at most`}: each test begins without any.`,
    'afterEach(async () => {',
    ...(most > 1 ? ['  n = 0;'] : []),
    `  const { body } = await ${lister(model)}.get(\`\${path}?limit=100\`);`,
    `  for (const { id } of body.items) await ${remover}.delete(\`\${path}/\${id}\`);`,
    '});',
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
      `const reply = await ${clientOf(model.entity.access.create)}.post(path, { ...(await valid()), ${field.name}: ${sample(field)} });`,
      'expect(reply.status).toBe(422);',
    ]),
  ];
}

/** Where one record is all that there can be, there is one page. */
function listed(model: EntityModel, { most, perOwner }: Distinct): string {
  const { entity } = model;
  const count = Math.min(most, 3);
  const limit = Math.max(count - 1, 1);
  return test('are listed in pages, each once', [
    'const ids = new Set<string>();',
    `for (let count = 0; count < ${count}; count += 1) {`,
    ...(perOwner ? [`  owner = ${signedIn(rolesNamed(model.service))};`] : []),
    `  ids.add((await ${clientOf(entity.access.create)}.post(path, await valid())).body.id);`,
    '}',
    'const seen: string[] = [];',
    'let cursor: string | null = null;',
    'do {',
    `  const query: string = cursor === null ? '' : \`&cursor=\${encodeURIComponent(cursor)}\`;`,
    `  const { status, body } = await ${lister(model)}.get(\`\${path}?limit=${limit}&sort=createdAt\${query}\`);`,
    '  expect(status).toBe(200);',
    `  expect(body.items.length).toBeLessThanOrEqual(${limit});`,
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
      `expect(found.items.every((one: typeof body) => one.${field.name} === body.${field.name})).toBe(true);`,
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

/** To another value: of what must not be the same twice, that of the next valid body. */
function changeOf({ input }: EntityModel, { digits }: Distinct): string {
  const others = input.flatMap((field) => {
    const text = otherSample(field);
    return digits.has(field.name) || text === undefined ? [] : [`{ ${field.name}: ${text} }`];
  });
  const next = input.find(({ name }) => digits.has(name))?.name;
  const [first] = input;
  return (
    others[0] ??
    (next === undefined ? `{ ${first?.name}: body.${first?.name} }` : `{ ${next}: (await valid()).${next} }`)
  );
}

function changed(model: EntityModel, distinct: Distinct): string[] {
  const { entity, input } = model;
  if (input.length === 0) return [];
  const client = clientOf(entity.access.update);
  const change = changeOf(model, distinct);
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
  const other = `const other = ${signedIn(rolesNamed(model.service))};`;
  const refers = (value: string): string => `{ ...(await valid()), ${field.name}: ${value} }`;
  const ones = `${withArticle(inWords(target.name))} of one's own as ${field.name}`;
  const foreign = `const foreign = (await valid(other)).${field.name};`;
  const refused = [
    ...(creates
      ? [
          test(`take only ${ones}`, [
            other,
            foreign,
            `const reply = await owner.post(path, ${refers('foreign')});`,
            'expect(reply.status).toBe(403);',
            ...wrapped(
              'expect(reply.body).toMatchObject({',
              ["code: 'foreign-reference'", `errors: [{ path: 'body.${field.name}' }]`],
              '});',
            ),
            `expect((await owner.post(path, ${refers('randomUUID()')})).status).toBe(422);`,
            `expect((await admin.post(path, ${refers('foreign')})).status).toBe(201);`,
          ]),
        ]
      : []),
    ...(updates
      ? [
          test(`are changed to ${ones} only`, [
            other,
            create(model),
            foreign,
            `expect((await owner.patch(${item}, { ${field.name}: foreign })).status).toBe(403);`,
            ...(clientOf(entity.access.read) === 'owner' || entity.access.read === 'public'
              ? [`expect((await owner.get(${item})).body).toEqual(body);`]
              : []),
          ]),
        ]
      : []),
  ];
  const member = target.fields.find(
    ({ name, list, readOnly }) => list && !readOnly && field.mine.includes(name),
  );
  const alone = checkedReferences(model, 'create').length === 1;
  if (member === undefined || !creates || !alone || clientOf(target.access.update) !== 'owner')
    return refused;
  const parent = `\`/api/v1/${target.names.path}/\${body.${field.name}}\``;
  return [
    ...refused,
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
