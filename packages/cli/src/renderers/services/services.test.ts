import { describe, expect, it } from 'vitest';
import { everything } from './everything.fixture.ts';
import { renderServices } from './index.ts';
import { emptyContext, stackOf } from './stack.fixture.ts';

const render = (text: string) =>
  new Map(
    renderServices(stackOf(text), emptyContext).map(({ path, content }) => [
      path.replace('services/', ''),
      content,
    ]),
  );

const wishlist = (access = '') => `
name: shop
version: 1
roles: [reader, editor]
components: { postgres: {} }
services:
  wishlist-service:
    port: 4011
    database: postgres
    entities:
      wishlist: { ${access}title: string(120), listingIds: "uuid[]", owner: user }
`;

/** The text of one route. */
const routeOf = (text: string, method: string, path: string): string => {
  const start = text.indexOf(`  route.${method}('${path}'`);
  return text.slice(start, text.indexOf('\n  }),', start));
};

describe('a service', () => {
  it('is rendered to the same bytes every time', () => {
    expect([...render(everything)]).toEqual([...render(everything)]);
  });

  it('has code, tests, migrations and documents for its entities', () => {
    expect([...render(wishlist()).keys()]).toEqual([
      'wishlist-service/src/main.ts',
      'wishlist-service/src/service.ts',
      'wishlist-service/src/wishlist/schema.ts',
      'wishlist-service/src/wishlist/repository.ts',
      'wishlist-service/src/wishlist/routes.ts',
      'wishlist-service/tests/wishlist.services.test.ts',
      'wishlist-service/package.json',
      'wishlist-service/tsconfig.json',
      'wishlist-service/vitest.config.ts',
      'wishlist-service/Dockerfile',
      'wishlist-service/.dockerignore',
      'wishlist-service/.env.example',
      'wishlist-service/README.md',
      'wishlist-service/openapi.json',
      'wishlist-service/tests/openapi.test.ts',
      'wishlist-service/migrations/0001_create_wishlist.sql',
      'wishlist-service/migrations/schema.json',
    ]);
  });

  it('is a package that depends on the runtime of the hometrip that generated it', () => {
    const manifest = JSON.parse(render(wishlist()).get('wishlist-service/package.json') ?? '');
    expect(manifest.dependencies).toEqual({ '@hometrip/runtime': `^${emptyContext.version}` });
    expect(manifest.devDependencies).toMatchObject({ '@hometrip/cli': `^${emptyContext.version}` });
    expect(manifest.scripts).toMatchObject({
      start: 'node src/main.ts',
      dev: 'hometrip dev wishlist-service',
      check: 'tsc',
      test: 'vitest run',
    });
  });

  it('without entities and store is a service all the same', () => {
    expect(
      render(everything).get('idle-service/src/service.ts'),
    ).toBe(`import { defineService } from '@hometrip/runtime';

export const idleService = defineService({
  name: 'idle-service',
  version: '1.0.0',
  routes: () => [],
});
`);
  });

  it('gives its handlers what it calls, beside its store and its events', () => {
    const text = `
name: shop
version: 1
components: { postgres: {}, rabbitmq: {} }
events: { order.created: { orderId: uuid } }
services:
  order-service:
    port: 4001
    database: postgres
    calls: [stock-service, price-service]
    publishes: [order.created]
    entities: { order: { label: string } }
  stock-service: { port: 4002 }
  price-service: { port: 4003 }
`;
    expect(render(text).get('order-service/src/order/routes.ts')).toContain(
      "  readonly platform: Platform<'sql', typeof contracts, typeof calls>;\n",
    );
  });

  it('has a description of each service that it calls, from that one’s document', () => {
    const files = render(`
name: shop
version: 1
components: { postgres: {} }
services:
  order-service: { port: 4001, calls: [stock-service, price-service] }
  stock-service: { port: 4002 }
  price-service: { port: 4003, database: postgres, entities: { price: { amount: money } } }
`);
    expect(
      files.get('order-service/src/calls/index.ts'),
    ).toBe(`/** The services that this one calls: members of \`platform.calls\`. */
import { priceService } from './price-service.ts';

export const calls = [priceService, 'stock-service'] as const;
`);
    const description = files.get('order-service/src/calls/price-service.ts') ?? '';
    expect(description.slice(description.indexOf('export const'))).toMatchInlineSnapshot(`
      "export const priceService = defineCallee('price-service', {
        /** List prices. */
        listPrices: operation<{ readonly query?: ListPricesQuery | undefined }, PricePage>('GET', '/api/v1/prices'),

        /** Create a price. */
        createPrice: operation<{ readonly body: CreatePrice }, Price, 'idempotencyKey'>('POST', '/api/v1/prices'),

        /** Get a price. */
        getPrice: operation<{ readonly id: string }, Price>('GET', '/api/v1/prices/{id}'),

        /** Change a price. */
        updatePrice: operation<{ readonly id: string; readonly body: UpdatePrice }, Price, 'ifMatch'>(
          'PATCH',
          '/api/v1/prices/{id}',
        ),

        /** Delete a price. */
        deletePrice: operation<{ readonly id: string }, void, 'ifMatch'>('DELETE', '/api/v1/prices/{id}'),
      });
      "
    `);
    // Nothing to call there yet: a client that takes any path.
    expect(files.has('order-service/src/calls/stock-service.ts')).toBe(false);
    expect(files.has('stock-service/src/calls/index.ts')).toBe(false);
  });

  it('calls others as its policies say', () => {
    const text = `
name: shop
version: 1
services:
  order-service:
    port: 4001
    calls: [stock-service, price-service]
    callPolicies:
      stock-service: { timeout: 1.5s, attempts: 2, breaker: off, bulkhead: { concurrent: 20 } }
      price-service: { hedgeAfter: 50ms, breaker: { threshold: 30%, window: 5s } }
  price-service: { port: 4002 }
  stock-service: { port: 4003 }
`;
    expect(render(text).get('order-service/src/service.ts')).toContain(`
  calls,
  callPolicies: {
    'price-service': { hedgeAfterMs: 50, breaker: { threshold: 0.3, windowMs: 5000 } },
    'stock-service': { timeoutMs: 1500, attempts: 2, breaker: false, bulkhead: { concurrent: 20 } },
  },
`);
  });

  it('never accepts what the server sets, and sets it', () => {
    const files = render(everything);
    const schema = files.get('zoo-service/src/order/schema.ts') ?? '';
    expect(schema.slice(schema.indexOf('const input'), schema.indexOf('};'))).not.toMatch(
      /owner|state|paidAt/,
    );
    expect(files.get('zoo-service/src/order/routes.ts')).toContain(
      "orders.insert({ ...body, owner: user.id, state: 'held', paidAt: null }, tx)",
    );
  });
});

describe('access', () => {
  const routes = (access?: string) =>
    render(wishlist(access)).get('wishlist-service/src/wishlist/routes.ts') ?? '';

  it('hides what is private: a list of one’s own, and 404 for what is not', () => {
    expect(routeOf(routes(), 'get', '/wishlists')).toContain(
      'const filters = isAdmin(user) ? query.filters : { ...query.filters, owner: user.id };',
    );
    const guard =
      "    record: ({ params }) => wishlists.get(params.id),\n    authorize: ownedBy('owner'),\n    ";
    for (const method of ['get', 'delete'])
      expect(routeOf(routes(), method, '/wishlists/:id')).toContain(`${guard}responses`);
    expect(routeOf(routes(), 'patch', '/wishlists/:id')).toContain(`${guard}body`);
  });

  it('answers 403 where everybody may look', () => {
    const text = routes('$access: { read: public }, ');
    expect(routeOf(text, 'get', '/wishlists')).toContain("auth: 'public'");
    expect(routeOf(text, 'get', '/wishlists/:id')).not.toContain('authorize');
    expect(routeOf(text, 'delete', '/wishlists/:id')).toContain(
      "authorize: ownedBy('owner', { otherwise: 403 }),",
    );
  });

  it('leaves roles to the route', () => {
    const text = routes('$access: { read: editor, create: editor, update: admin, delete: service }, ');
    expect(routeOf(text, 'post', '/wishlists')).toContain("auth: 'role:editor'");
    expect(routeOf(text, 'patch', '/wishlists/:id')).toContain("auth: 'admin'");
    expect(routeOf(text, 'patch', '/wishlists/:id')).not.toContain('ownedBy');
    expect(routeOf(text, 'delete', '/wishlists/:id')).toContain("auth: 'service'");
  });

  it('takes the owner from the body when it is created on behalf of somebody', () => {
    const files = render(wishlist('$access: { create: service }, '));
    expect(files.get('wishlist-service/src/wishlist/schema.ts')).toContain(
      'CreateWishlist = z.strictObject({ owner: z.uuid(), ...input })',
    );
    expect(files.get('wishlist-service/src/wishlist/routes.ts')).toContain('wishlists.insert(body)');
  });
});

describe('a reference that must be the caller’s own', () => {
  const files = render(everything);
  const routes = (path: string) => files.get(`${path}/routes.ts`) ?? '';

  it('is checked when it is created and when it is changed, by the owner or by the fields that are named', () => {
    const parcels = routes('zoo-service/src/parcel');
    for (const [method, path] of [
      ['post', '/parcels'],
      ['patch', '/parcels/:id'],
    ] as const) {
      expect(routeOf(parcels, method, path)).toContain(`
    references: {
      orderId: ownedRecord(orders),
      gift: ownedRecord(orders, { by: ['people', 'owner'] }),
      previous: ownedRecord(parcels),
    },
`);
    }
    expect(files.get('zoo-service/src/service.ts')).toContain(
      'parcelRoutes({ parcels: parcels(platform), orders: orders(platform) })',
    );
  });

  it('is not checked where only admins come, who may refer to anything', () => {
    const remarks = routes('story-service/src/remark');
    expect(routeOf(remarks, 'post', '/remarks')).not.toContain('references');
    expect(routeOf(remarks, 'patch', '/remarks/:id')).toContain('references');
  });

  it('is said in the documentation', () => {
    const { paths } = JSON.parse(files.get('story-service/openapi.json') ?? '');
    expect(paths['/api/v1/comments'].post).toMatchObject({
      description: 'storyId must refer to a story whose owner or editors name the caller.',
      responses: { 403: expect.anything() },
    });
    expect(files.get('zoo-service/README.md')).toContain(
      'orderId must refer to an order whose owner is the caller.',
    );
  });
});

describe('a blueprint', () => {
  const accounts = (name: string) =>
    render(`
name: shop
version: 1
components: { postgres: {}, rabbitmq: {} }
events: { user.registered: { userId: uuid, email: email, displayName: string(80) }, user.erased: { userId: uuid } }
services:
  ${name}: { blueprint: auth, port: 4001, database: postgres, publishes: [user.registered, user.erased], entities: { badge: { owner: user } } }
`);

  it('adds its code, its migrations before those of entities, and its part of the documentation', () => {
    const files = accounts('auth-service');
    expect(files.get('auth-service/src/service.ts')).toContain(
      'routes: (platform) => [...authRoutes(platform), ...badgeRoutes({ badges: badges(platform) })],',
    );
    const migrations = [...files.keys()]
      .filter((path) => path.includes('/migrations/0'))
      .map((path) => path.slice('auth-service/migrations/'.length));
    expect(migrations.at(0)).toMatch(/^0001_(?!create_badge)/);
    expect(migrations.at(-1)).toMatch(/_create_badge\.sql$/);
    const document = JSON.parse(files.get('auth-service/openapi.json') ?? '') as { paths: object };
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/api/v1/auth/login', '/api/v1/badges']),
    );
  });

  it('follows the name that services.yaml gives it', () => {
    const files = accounts('people-service');
    expect(files.get('people-service/src/service.ts')).toContain(
      'export const peopleService = defineService',
    );
    const others = [...files]
      .filter(
        ([path, content]) => path.endsWith('.ts') && /auth-service|authService|AuthService/.test(content),
      )
      .map(([path]) => path);
    expect(others).toEqual([]);
  });
});
