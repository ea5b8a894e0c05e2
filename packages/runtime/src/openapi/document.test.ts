import { describe, expect, it } from 'vitest';
import { entity, IdParams, listQuery, openApiDocument, page, patchOf, route, z } from './index.ts';
import { operationIdOf } from './operation-id.ts';
import type { Reply } from '../http/reply.ts';
import type { Method } from '../http/route.ts';

const never = (): never => {
  throw new Error('documentation runs no handler');
};
const Wishlist = entity('Wishlist', { title: z.string().max(120), nights: z.int().default(1) });
const nights = {
  type: 'integer',
  format: 'int64',
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
};
const CreateWishlist = z
  .strictObject({ title: z.string().max(120), nights: z.int().default(1) })
  .meta({ id: 'CreateWishlist', examples: [{ title: 'Lakes' }] });
const routes = () => [
  route.get('/wishlists', {
    auth: 'public',
    tag: 'Wishlists',
    query: listQuery({ filters: z.object({ nights: z.int().optional() }), sortable: ['title'] }),
    responses: { 200: page(Wishlist) },
    handler: never,
  }),
  route.post('/wishlists', {
    tag: 'Wishlists',
    body: CreateWishlist,
    responses: { 201: Wishlist },
    problems: [409],
    handler: never,
  }),
  route.get('/wishlists/:id', { params: IdParams, responses: { 200: Wishlist }, handler: never }),
  route.patch('/wishlists/:id', {
    params: IdParams,
    body: patchOf(CreateWishlist),
    responses: { 200: Wishlist },
    handler: never,
  }),
  route.delete('/wishlists/:id', {
    params: IdParams,
    responses: { 204: null },
    handler: never as () => Reply<204, undefined>,
  }),
];
const make = () => openApiDocument({ name: 'wishlist-service', version: '1.0.0', routes: routes() });
const at = (path: string, method: string): any => make().paths[path]?.[method];

describe('the document of a service', () => {
  it('names operations and components', () => {
    const document = make();
    const operations = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map((operation) => operation['operationId']),
    );
    expect(operations).toEqual([
      'listWishlists',
      'createWishlist',
      'getWishlist',
      'updateWishlist',
      'deleteWishlist',
    ]);
    expect(Object.keys(document.components['schemas'] ?? {})).toEqual([
      'CreateWishlist',
      'Wishlist',
      'WishlistPage',
      'Problem',
    ]);
    expect(document.tags).toEqual([{ name: 'Wishlists' }]);
  });

  it('is the same bytes for the same routes', () => {
    expect(JSON.stringify(make())).toBe(JSON.stringify(make()));
  });

  it('refers only to what it has', () => {
    const document = make();
    const references = JSON.stringify(document).match(/#\/[A-Za-z0-9/]+/g) ?? [];
    const find = (pointer: string) =>
      pointer
        .slice(2)
        .split('/')
        .reduce((value: any, key) => value?.[key], document);
    expect(references.length).toBeGreaterThan(10);
    expect(references.filter((pointer) => find(pointer) === undefined)).toEqual([]);
  });

  it('lists query parameters with their bounds', () => {
    expect(at('/api/v1/wishlists', 'get').parameters).toEqual([
      {
        name: 'limit',
        in: 'query',
        description: 'How many items at most.',
        schema: { type: 'integer', format: 'int32', minimum: 1, maximum: 100, default: 20 },
      },
      {
        name: 'cursor',
        in: 'query',
        description: '`nextCursor` of the page before.',
        schema: { type: 'string', minLength: 1, maxLength: 1024 },
      },
      {
        name: 'sort',
        in: 'query',
        description: 'Minus: descending.',
        schema: { type: 'string', enum: ['title', '-title'], default: 'title' },
      },
      {
        name: 'nights',
        in: 'query',
        schema: nights,
      },
    ]);
  });

  it('says who may call, and which problems to expect', () => {
    expect(at('/api/v1/wishlists', 'get').security).toEqual([{}, { accessToken: [] }]);
    expect(at('/api/v1/wishlists', 'post').security).toEqual([{ accessToken: [] }]);
    expect(Object.keys(at('/api/v1/wishlists', 'post').responses)).toEqual([
      '201',
      '400',
      '401',
      '403',
      '409',
      '413',
      '415',
      '422',
      '503',
      'default',
    ]);
    expect(Object.keys(at('/api/v1/wishlists/{id}', 'get').responses)).toEqual([
      '200',
      '304',
      '400',
      '401',
      '403',
      '404',
      '422',
      '503',
      'default',
    ]);
  });

  it('makes every property of a change optional, and one of them required', () => {
    expect(at('/api/v1/wishlists/{id}', 'patch').requestBody.content['application/json'].schema).toEqual({
      type: 'object',
      properties: { title: { type: 'string', maxLength: 120 }, nights },
      additionalProperties: false,
      minProperties: 1,
    });
  });

  it('refuses two operations of one name', () => {
    const twice = [...routes(), route.get('/wishlist/:id', { responses: { 204: null }, handler: never })];
    expect(() => openApiDocument({ name: 'x', version: '1', routes: twice })).toThrow(
      'are both named getWishlist: give one an operationId',
    );
  });

  it.each(['ship-order', '2fa', 'then', ''])(
    'refuses an operation that clients could not name: %j',
    (operationId) => {
      const routes = [route.post('/orders', { operationId, responses: { 204: null }, handler: never })];
      expect(() => openApiDocument({ name: 'x', version: '1', routes })).toThrow(
        `POST /orders is named ${JSON.stringify(operationId)}: an operationId is what a function may be called`,
      );
    },
  );

  it('tells the two directions of a schema with defaults apart', () => {
    const both = z.object({ nights: z.int().default(1) }).meta({ id: 'Stay' });
    const document = openApiDocument({
      name: 'x',
      version: '1',
      routes: [route.post('/stays', { body: both, responses: { 201: both }, handler: never })],
    });
    expect(document.components['schemas']).toMatchObject({
      Stay: { required: ['nights'] },
      StayInput: { properties: { nights: { default: 1 } } },
    });
  });
});

describe('names of operations', () => {
  it.each<[Method, string, string]>([
    ['GET', '/wishlists', 'listWishlists'],
    ['GET', '/blocked-dates', 'listBlockedDates'],
    ['POST', '/blocked-dates', 'createBlockedDate'],
    ['PUT', '/cities/:id', 'replaceCity'],
    ['GET', '/listings/:listingId/photos', 'listListingPhotos'],
    ['GET', '/listings/:listingId/photos/:id', 'getListingPhoto'],
    ['POST', '/listings/:id/publish', 'publishListing'],
    ['POST', '/auth/login', 'loginAuth'],
    ['GET', '/users/me', 'getUserMe'],
    ['POST', '/auth/2fa', 'post2faAuth'],
  ])('%s %s', (method, path, expected) => {
    expect(operationIdOf(method, path)).toBe(expected);
  });
});
