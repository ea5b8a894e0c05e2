/**
 * What the contestants share, so that the table compares frameworks and not how well each was looked after: the data,
 * the access tokens and their cache, the trace context, the histogram, the log's destination.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer } from 'node:http';
import { createLocalJWKSet, jwtVerify } from 'jose';
import pino from 'pino';
import { Histogram, Registry } from 'prom-client';
import { z } from 'zod';
import { rows } from '../data.mjs';

/** What a bare handler sends: the rows as they are declared, nothing to leave out. */
export const page = {
  items: rows.map(({ internalNote: _, ...declared }) => declared),
  nextCursor: null,
};

/** What a full-featured handler returns: a field too many, which the response schema must keep in. */
export const found = () => ({ items: rows, nextCursor: null });

export const ORDERS = ['createdAt', '-createdAt', 'title', '-title'];

/** For the frameworks whose users reach for zod. */
export const ListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().min(1).max(1024).optional(),
  sort: z.enum(ORDERS).default('-createdAt'),
  title: z.string().optional(),
});
export const WishlistPage = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      owner: z.string(),
      revision: z.number(),
      createdAt: z.string(),
      updatedAt: z.string(),
    }),
  ),
  nextCursor: z.string().nullable(),
});

/** @returns {Promise<string>} its address */
export async function serve(listener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return addressOf(server);
}
export const addressOf = (server) => `http://127.0.0.1:${server.address().port}`;

export class HttpError extends Error {
  constructor(status, title) {
    super(title);
    this.status = status;
  }
}

export const problem = (status, title, requestId) => ({ type: 'about:blank', status, title, requestId });
export const PROBLEM = 'application/problem+json';

/**
 * EdDSA alone, issuer, audience and expiry, by jose, as our own does it. Every contestant remembers the tokens that it has
 * verified: without that, most of what the table showed would be the same signature, checked by the same code.
 */
export function authenticator({ issuer, audience, jwks }) {
  const keys = createLocalJWKSet(jwks);
  const options = { algorithms: ['EdDSA', 'Ed25519'], issuer, audience, requiredClaims: ['sub', 'exp'] };
  const known = new Map();
  /** @returns the user, or a promise of one. @throws HttpError 401 */
  return (header) => {
    if (header === undefined || !header.startsWith('Bearer ')) throw new HttpError(401, 'Unauthorized');
    const token = header.slice(7);
    const entry = known.get(token);
    if (entry !== undefined && entry.expires > Date.now()) return entry.user;
    return jwtVerify(token, keys, options).then(
      ({ payload }) => {
        const user = { id: payload.sub, roles: payload.roles ?? [] };
        if (known.size >= 10_000) known.clear();
        known.set(token, { user, expires: payload.exp * 1000 });
        return user;
      },
      () => {
        throw new HttpError(401, 'Unauthorized');
      },
    );
  };
}

export function demandHost(user) {
  if (!user.roles.includes('host')) throw new HttpError(403, 'Forbidden');
}

/** The request being served: what log lines and outgoing calls read. */
export const current = new AsyncLocalStorage();

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** W3C trace context: the caller's trace goes on, with a span of our own. */
export function contextOf(headers) {
  const parent = TRACEPARENT.exec(headers.traceparent ?? '');
  return {
    requestId: headers['x-request-id'] ?? randomUUID(),
    traceId: parent?.[1] ?? randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    flags: parent?.[3] ?? '00',
  };
}

export const registry = new Registry();
const duration = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time to the answer, by method, route and status.',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 10],
  registers: [registry],
});
export const observe = (method, route, status, startedAt) =>
  duration.observe({ method, route, status }, (performance.now() - startedAt) / 1000);

/** JSON lines on stdout, written in the background, with the ids of the request. */
export const logOptions = {
  base: { service: 'wishlist-service', instance: 'wishlist-service#1' },
  mixin() {
    const context = current.getStore();
    return context === undefined ? {} : { requestId: context.requestId, traceId: context.traceId };
  },
};
export const logDestination = () => pino.destination({ dest: 1, sync: false, minLength: 4096 });

/** More than any run asks for: limits are counted here, never hit. */
export const LIMIT = 1_000_000_000;
export const WINDOW_MS = 60_000;
