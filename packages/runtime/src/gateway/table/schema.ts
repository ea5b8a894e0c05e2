/** gateway/routes.json: written by the generator, read here. */
import { z } from 'zod';
import { bounds } from '../../bounds.ts';

const Route = z.object({
  /** Whole segments of a path: `/api/v1/bookings`. */
  prefix: z.string().regex(/^(\/[\w.~-]+)+$/, 'a path like /api/v1/bookings'),
  service: z.string().min(1),
  /** Name of one of `limits`. */
  limit: z.string().optional(),
});

const Service = z.object({
  balance: z.enum(['round_robin', 'least_conn', 'ip_hash']).default('least_conn'),
  /** Until the answer begins. */
  timeoutMs: z
    .int()
    .min(bounds.routeTimeoutMs.min)
    .max(bounds.routeTimeoutMs.max)
    .default(bounds.routeTimeoutMs.default),
  /** Paths whose POST takes an Idempotency-Key: with one it may be sent again. */
  idempotent: z.array(z.string()).default([]),
});

export const RoutesFile = z
  .object({
    /** Of the whole system. */
    name: z.string().optional(),
    routes: z.array(Route),
    limits: z.record(z.string(), z.object({ rate: z.number().positive(), burst: z.number().positive() })),
    services: z.record(z.string(), Service),
  })
  .superRefine(({ routes, limits }, context) => {
    const seen = new Set<string>();
    for (const [index, { prefix, limit }] of routes.entries()) {
      if (seen.has(prefix))
        context.addIssue({
          code: 'custom',
          path: ['routes', index, 'prefix'],
          message: `${prefix} is there twice`,
        });
      seen.add(prefix);
      if (limit !== undefined && !Object.hasOwn(limits, limit))
        context.addIssue({
          code: 'custom',
          path: ['routes', index, 'limit'],
          message: `there is no limit ${limit}`,
        });
    }
  });

export type RoutesFile = z.output<typeof RoutesFile>;
export type ServiceTerms = z.output<typeof Service>;
