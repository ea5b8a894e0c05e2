/** Names and types of clients, from documents as people's own routes may make them. */
import { describe, expect, it } from 'vitest';
import { openApiDocument, type Route, route, z } from '@hometrip/runtime/openapi';
import { type Api, apiOf } from './api.ts';

const handler = (): never => {
  throw new Error('documentation runs no handler');
};
const api = (...routes: Route[]): Api =>
  apiOf(openApiDocument({ name: 'shop-service', version: '1.0.0', routes }));
const typesOf = ({ types }: Api): string => types.map(({ text }) => text).join('\n');

describe('the types of a document', () => {
  it('have the names of its schemas, and of operations where a schema has none', () => {
    const Order = z
      .object({ id: z.uuid(), lines: z.array(z.object({ sku: z.string() })) })
      .meta({ id: 'Order' });
    const { types, operations } = api(
      route.post('/orders/:id/ship', {
        params: z.object({ id: z.uuid() }),
        body: z.object({ carrier: z.enum(['post', 'bike']), note: z.string().optional() }),
        query: z.object({ notify: z.boolean().optional() }),
        headers: z.object({ 'x-depot': z.string() }),
        responses: { 202: Order },
        handler,
      }),
    );
    expect(types.map(({ text }) => text).join('\n')).toBe(`export interface Order {
  readonly id: string;
  readonly lines: readonly {
    readonly sku: string;
  }[];
}
export interface ShipOrderQuery {
  readonly notify?: boolean | undefined;
}
export interface ShipOrderHeaders {
  readonly 'x-depot': string;
}
export interface ShipOrderBody {
  readonly carrier: 'post' | 'bike';
  readonly note?: string | undefined;
}`);
    expect(operations).toEqual([
      {
        id: 'shipOrder',
        summary: '/** Ship order. */',
        method: 'POST',
        path: '/api/v1/orders/{id}/ship',
        params: [{ name: 'id', type: 'string' }],
        query: { type: 'ShipOrderQuery', required: false },
        headers: { type: 'ShipOrderHeaders', required: true },
        body: { type: 'ShipOrderBody', required: true },
        takes: [],
        result: 'Order',
        text: false,
        item: undefined,
      },
    ]);
  });

  it('are never called like each other, or like what stands in the file around them', () => {
    const named = (id: string) => z.object({ [`of${id.length}`]: z.string() }).meta({ id });
    const { types, operations } = api(
      route.get('/a', { responses: { 200: named('Page') }, handler }),
      route.get('/b', { responses: { 200: named('order.line') }, handler }),
      route.get('/c', { responses: { 200: named('OrderLine') }, handler }),
      route.get('/d', {
        operationId: 'listD',
        query: z.object({ x: z.string() }),
        responses: { 200: named('ListDQuery') },
        handler,
      }),
    );
    expect(types.map(({ name }) => name).sort()).toEqual([
      'ListDQuery',
      'ListDQueryType',
      'OrderLine',
      'OrderLineType',
      'PageType',
    ]);
    expect(operations.map(({ result }) => result).sort()).toEqual([
      'ListDQuery',
      'OrderLine',
      'OrderLineType',
      'PageType',
    ]);
  });

  it('say what unions, tuples, records and intersections are', () => {
    const text = typesOf(
      api(
        route.get('/things', {
          responses: {
            200: z
              .object({
                pair: z.tuple([z.string(), z.int()]),
                either: z.array(z.union([z.string(), z.null()])),
                both: z.intersection(z.union([z.string(), z.int()]), z.union([z.int(), z.boolean()])),
                counts: z.record(z.string(), z.int()),
                'key with */ and spaces': z.string().describe('Ends */ here\nand goes on'),
              })
              .meta({ id: 'Thing' }),
          },
          handler,
        }),
      ),
    );
    expect(text).toBe(`export interface Thing {
  readonly pair: readonly [string, number];
  readonly either: readonly (string | null)[];
  readonly both: (string | number) & (number | boolean);
  readonly counts: Readonly<Record<string, number>>;
  /** Ends *\\/ here and goes on */
  readonly 'key with */ and spaces': string;
}`);
  });
});

describe('the parameters of a path', () => {
  it('may be variables, whatever they are called in the path', () => {
    const [operation] = api(
      route.get('/x/:class/:body/:2nd/:count', {
        params: z.object({
          class: z.string(),
          body: z.string(),
          '2nd': z.string(),
          count: z.coerce.number(),
        }),
        responses: { 204: null },
        handler,
      }),
    ).operations;
    expect(operation?.params.map(({ name }) => name)).toEqual([
      'paramClass',
      'paramBody',
      'param2nd',
      'count',
    ]);
    expect(operation?.path).toBe('/api/v1/x/{paramClass}/{paramBody}/{param2nd}/{count}');
  });
});
