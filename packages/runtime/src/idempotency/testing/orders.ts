/** A service that places orders, and can be told to stop in the middle. */
import { z } from 'zod';
import { entity } from '../../entity.ts';
import { conflict } from '../../http/problem.ts';
import { created, ok } from '../../http/reply.ts';
import { route } from '../../http/route.ts';
import { documentRepository, type Repository, sqlRepository } from '../../repository/index.ts';
import { defineService } from '../../service/definition.ts';

export const Order = entity('Order', { text: z.string() });
type Order = z.output<typeof Order>;
export const contracts = { 'order.placed': z.object({ text: z.string() }) };

/** What a service keeps its data in, as `needs.database` says. */
export type StoreKind = 'sql' | 'documents';

/** @param hooks.placing Called between the writes of an order and its answer. */
export function orderService<D extends StoreKind>(
  database: D,
  hooks: { placing?: (text: string) => Promise<void> | void } = {},
) {
  return defineService({
    name: 'order-service',
    version: '1',
    needs: { database, events: true },
    contracts,
    routes(platform) {
      const orders = (
        database === 'sql'
          ? sqlRepository<Order>((platform as any).db, { table: 'orders' })
          : documentRepository<Order>((platform as any).documents, { collection: 'orders' })
      ) as Repository<Order, any>;
      return [
        route.get('/orders', {
          auth: 'public',
          responses: { 200: z.array(Order) },
          handler: async () => ok([...(await orders.list({ limit: 100 })).items]),
        }),
        route.post('/orders', {
          auth: 'public',
          idempotencyKey: true,
          body: z.strictObject({ text: z.string(), fail: z.boolean().optional() }),
          responses: { 201: Order },
          async handler({ body: { text, fail } }) {
            // Nobody hands the transaction over.
            const order = await orders.insert({ text });
            await platform.transaction(async (tx) => {
              await orders.insert({ text: `${text}, again` }, tx);
              await platform.events.publish('order.placed', { text }, tx);
            });
            await platform.events.publish('order.placed', { text: `${text}, at once` });
            await hooks.placing?.(text);
            if (fail === true) throw conflict('Sold out.');
            return created(order, `/api/v1/orders/${order.id}`);
          },
        }),
      ];
    },
  });
}

/** The table, where there has to be one. */
export const ORDERS =
  'create table orders (id uuid primary key, revision int not null, created_at timestamptz not null, updated_at timestamptz not null, text text not null)';
