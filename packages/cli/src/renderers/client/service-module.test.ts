/** Names of the client's functions: stable when others join them, and each of one operation. */
import { describe, expect, it } from 'vitest';
import { openApiDocument, page, type Route, route, z } from '@hometrip/runtime/openapi';
import { apiOf } from '../openapi/api.ts';
import { methodNames } from './service-module.ts';

const handler = (): never => {
  throw new Error('documentation runs no handler');
};
const Order = z.object({ id: z.uuid() }).meta({ id: 'Order' });
const params = z.object({ id: z.uuid() });
const nothing = { responses: { 204: null }, handler } as const;
const entity = [
  route.get('/orders', {
    query: z.object({ cursor: z.string().optional() }),
    responses: { 200: page(Order) },
    handler,
  }),
  route.post('/orders', { responses: { 201: Order }, handler }),
  route.get('/orders/:id', { params, responses: { 200: Order }, handler }),
  route.put('/orders/:id', { params, ...nothing }),
  route.delete('/orders/:id', { params, ...nothing }),
];
const namesOf = (...routes: Route[]): string[] => {
  const { operations } = apiOf(openApiDocument({ name: 'shop', version: '1.0.0', routes }));
  const names = methodNames(operations);
  return operations.map(
    (operation) => `${operation.method} ${operation.path.slice(7)} ${names.get(operation)}`,
  );
};

describe('functions of a group', () => {
  const alone = namesOf(...entity);

  it('are called by what an entity has', () => {
    expect(alone).toEqual([
      'GET /orders list',
      'POST /orders create',
      'GET /orders/{id} get',
      'PUT /orders/{id} replace',
      'DELETE /orders/{id} delete',
    ]);
  });

  it('keep their names when other routes want them', () => {
    const names = namesOf(
      ...entity,
      route.put('/orders', { ...nothing }),
      route.get('/orders/latest', { operationId: 'get', ...nothing }),
      route.get('/orders/every', { operationId: 'all', ...nothing }),
      route.post('/orders/ship', { operationId: 'shipOrders', ...nothing }),
    );
    expect(names).toEqual(expect.arrayContaining(alone));
    expect(names.filter((name) => !alone.includes(name))).toEqual([
      // Its short name would be `replace`.
      'PUT /orders replaceOrders',
      // Beside `list` there is `all`.
      'GET /orders/every allOperation',
      'GET /orders/latest getOperation',
      'POST /orders/ship ship',
    ]);
  });
});
