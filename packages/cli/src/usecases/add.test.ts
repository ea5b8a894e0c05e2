import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseFields } from './add/fields.ts';
import type { Wish } from './add/wish.ts';
import { add } from './add.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hometrip-add-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const specFile = (): string => join(folder, 'services.yaml');
const read = (): string => readFileSync(specFile(), 'utf8');

const shop = `# A shop.
name: shop
version: 1

components: { rabbitmq: {} }

services:
  parts: # what we sell
    port: 4001
  stock: { port: 4003, calls: [parts] }
`;

async function after(wish: Wish, text = shop): Promise<string> {
  writeFileSync(specFile(), text);
  await add({ specFile: specFile() }, wish);
  return read();
}

const refusal = (wish: Wish, text = shop): Promise<unknown> =>
  after(wish, text).then(
    () => expect.unreachable('it was added'),
    (error: unknown) => {
      expect(read()).toBe(text);
      return error;
    },
  );

const service = (name: string, keys: (Wish & { kind: 'service' })['keys'] = {}): Wish => ({
  kind: 'service',
  name,
  keys,
});

const entities = (...texts: string[]) => parseFields(texts);

describe('what is added', () => {
  it('is a service with a port that is free and the components that it needs', async () => {
    const wish = service('orders', {
      entities: entities('order: { number: string(20), total: money, status: enum(a, b) = a }'),
      uses: ['redis'],
      database: 'postgres',
    });
    expect(await after(wish)).toBe(`# A shop.
name: shop
version: 1

components: { rabbitmq: {}, postgres: {}, redis: {} }

services:
  parts: # what we sell
    port: 4001
  stock: { port: 4003, calls: [parts] }
  orders:
    port: 4004
    database: postgres
    uses: [redis]
    entities:
      order:
        number: string(20)
        total: money
        status: enum(a, b) = a
`);
  });

  it('is an event, in the lists of those who publish and consume it too', async () => {
    const wish: Wish = {
      kind: 'event',
      name: 'order.placed',
      fields: parseFields(['orderId:uuid', 'note: text?']),
      publishers: ['parts'],
      subscribers: ['stock'],
    };
    expect(await after(wish)).toBe(`# A shop.
name: shop
version: 1

components: { rabbitmq: {} }

events:
  order.placed: { orderId: uuid, note: text? }

services:
  parts: # what we sell
    port: 4001
    publishes: [order.placed]
  stock: { port: 4003, calls: [parts], subscribes: [order.placed] }
`);
  });

  it('is a service from a blueprint, with all that this needs', async () => {
    const text = 'name: shop\nversion: 1\n\nservices:\n  parts:\n    port: 4001\n';
    expect(await after(service('accounts', { blueprint: 'auth' }), text)).toBe(`name: shop
version: 1

components:
  postgres: {}
  rabbitmq: {}

events:
  user.registered: { userId: uuid, email: email, displayName: string(80) }
  user.erased: { userId: uuid }

services:
  parts:
    port: 4001
  accounts:
    blueprint: auth
    port: 4002
    database: postgres
    publishes: [user.registered, user.erased]
`);
  });

  it('is an event that something has to carry', async () => {
    const wish: Wish = {
      kind: 'event',
      name: 'a.b',
      fields: { c: 'text' },
      publishers: ['parts'],
      subscribers: [],
    };
    expect(await after(wish, shop.replace(' rabbitmq: {} ', ''))).toContain('components:\n  rabbitmq: {}\n');
  });

  it('is an entity, beside those that are there', async () => {
    const text = shop
      .replace(
        '    port: 4001\n',
        '    port: 4001\n    database: postgres\n    entities: { part: { code: text } }\n',
      )
      .replace('{ rabbitmq: {} }', '\n  rabbitmq: {}\n  postgres: {}');
    const wish: Wish = {
      kind: 'entity',
      service: 'parts',
      name: 'label',
      fields: parseFields(['partId:part', 'tags: string(20)[]']),
    };
    expect(await after(wish, text)).toBe(
      text.replace(
        '{ part: { code: text } }',
        '{ part: { code: text }, label: { partId: part, tags: "string(20)[]" } }',
      ),
    );
  });

  it('is a component with settings', async () => {
    const wish: Wish = {
      kind: 'component',
      name: 'postgres',
      settings: parseFields(['port:5433', 'limits: { memory: 1G }']),
    };
    expect(await after(wish)).toBe(
      shop.replace('{ rabbitmq: {} }', '{ rabbitmq: {}, postgres: { port: 5433, limits: { memory: 1G } } }'),
    );
  });
});

describe('the next free port', () => {
  it.each([
    ['the first one', 'name: x\nversion: 1\nservices: {}\n', 4001],
    [
      'behind the last one, past what others listen on',
      `${shop}gateways: { edge-gateway: { port: 4004, blueprint: api-gateway } }\n`,
      4005,
    ],
    [
      'past what an overlay says',
      `${shop}environments: { big: { services: { stock: { port: 4004 } } } }\n`,
      4005,
    ],
    [
      'past the defaults of components',
      shop.replace('4003', '5671').replace('rabbitmq: {}', 'rabbitmq: {}, postgres: { port: 5673 }'),
      5674,
    ],
    ['past what browsers refuse', shop.replace('4003', '5059'), 5062],
  ])('is %s', async (_, text, port) => {
    expect(await after(service('orders'), text)).toMatch(new RegExp(`orders:\\s+(\\{ )?port: ${port}\\b`));
  });
});

describe('what is refused, with nothing written', () => {
  it.each<[Wish, string]>([
    [service('parts'), 'services.yaml:8:3'],
    [{ kind: 'component', name: 'rabbitmq', settings: {} }, 'services.yaml:5:15'],
  ])('a name that exists: %j', async (wish, where) => {
    expect(await refusal(wish)).toMatchObject({ message: expect.stringMatching(/already$/), where });
  });

  it('what would not be valid, with its diagnostics', async () => {
    expect(await refusal(service('orders', { port: 4001, calls: ['part'] }))).toMatchObject({
      name: 'UserError',
      message: `nothing was written, for services.yaml would have 2 errors

services.yaml:11:19  HT0301  orders listens on 4001, as parts does
   10 |   stock: { port: 4003, calls: [parts] }
   11 |   orders: { port: 4001, calls: [part] }
      |                   ^^^^ 4002 is free

services.yaml:11:33  HT0203  orders calls "part", which is not declared
   10 |   stock: { port: 4003, calls: [parts] }
   11 |   orders: { port: 4001, calls: [part] }
      |                                 ^^^^ did you mean parts?`,
    });
  });

  it('anything, while the file has errors of its own', async () => {
    expect(await refusal(service('orders'), shop.replace('[parts]', '[no]'))).toMatchObject({
      name: 'InvalidSpecError',
      message: expect.stringContaining('services.yaml:10:32  HT0203'),
    });
    expect(await refusal(service('orders'), 'a: [\n')).toMatchObject({ name: 'InvalidSpecError' });
  });

  it('an entity of a service that is not there', async () => {
    const wish: Wish = { kind: 'entity', service: 'part', name: 'x', fields: { a: 'text' } };
    expect(await refusal(wish)).toMatchObject({
      next: ['did you mean parts?', 'or add it: hometrip add service part'],
    });
  });

  it('what an anchor or a merge key would bring to other places as well', async () => {
    const shared = `${shop}  a: &a { port: 4010, publishes: [] }\n  b: { <<: *a, port: 4011 }\n`;
    const event = (publisher: string): Wish => ({
      kind: 'event',
      name: 'x.y',
      fields: { a: 'text' },
      publishers: [publisher],
      subscribers: [],
    });
    expect(await refusal(event('a'), shared)).toMatchObject({
      message: expect.stringContaining('an anchor or a merge key (<<) shares what is there'),
    });
    expect(await after(event('stock'), shared)).toContain('calls: [parts], publishes: [x.y] }');
  });

  it('an alias, which stands for what is written elsewhere', async () => {
    const text = `x-services: &s { parts: { port: 4001 } }\n${shop.replace(/services:\n[\s\S]*/, 'services: *s\n')}`;
    expect(await refusal(service('orders'), text)).toMatchObject({
      message: expect.stringContaining('services is an alias of what is written elsewhere'),
      where: 'services.yaml:8:11',
    });
  });
});

describe('the file', () => {
  it('is not written by a dry run, which has the text', async () => {
    writeFileSync(specFile(), shop);
    const result = await add({ specFile: specFile() }, service('orders'), { dryRun: true });
    expect(read()).toBe(shop);
    expect(result).toMatchObject({
      written: false,
      before: shop,
      after: `${shop}  orders: { port: 4004 }\n`,
    });
  });

  it('keeps its mode, its byte order mark and its line endings, and a link stays a link', async () => {
    const real = join(folder, 'real.yaml');
    writeFileSync(real, `\ufeff${shop.replaceAll('\n', '\r\n')}`);
    chmodSync(real, 0o664);
    symlinkSync('real.yaml', specFile());
    await add({ specFile: specFile() }, service('orders'));
    expect(lstatSync(specFile()).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, 'utf8')).toBe(
      `\ufeff${shop.replaceAll('\n', '\r\n')}  orders: { port: 4004 }\r\n`,
    );
    expect(statSync(real).mode & 0o777).toBe(0o664);
  });
});

describe('fields, as people write them in a shell', () => {
  it.each([
    [['total:money'], { total: 'money' }],
    [['status: enum(a, b) = a'], { status: 'enum(a, b) = a' }],
    [['meta: json = {"a": [1, 2]}'], { meta: 'json = {"a": [1, 2]}' }],
    [['tags: string(40)[] = ["a, b"]', 'note: text?'], { tags: 'string(40)[] = ["a, b"]', note: 'text?' }],
    [['ids: "uuid[]"'], { ids: 'uuid[]' }],
    [
      ['order: { code: { type: string(9), unique: true }, $unique: [[a, b]], at: datetime, }'],
      { order: { code: { type: 'string(9)', unique: true }, $unique: [['a', 'b']], at: 'datetime' } },
    ],
    [['order: {}'], { order: {} }],
    [['port:5433'], { port: 5433 }],
    [['version: "1.30"'], { version: '1.30' }],
    [['external: postgres://db.example:5432/x'], { external: 'postgres://db.example:5432/x' }],
  ])('%j', (texts, fields) => {
    expect(parseFields(texts)).toEqual(fields);
  });

  it.each([
    ['total', '"total" is not NAME: TYPE'],
    ['total:', '"total:" is not NAME: TYPE'],
    ['a: { b: c', '"{ b: c" has a bracket or quote without its other half'],
    ['a: { b: text, b: text }', 'b is there twice'],
    ['a: { b: text, , c: text }', '"" is not NAME: TYPE'],
  ])('%s is refused', (text, message) => {
    expect(() => parseFields([text])).toThrow(message);
  });
});
