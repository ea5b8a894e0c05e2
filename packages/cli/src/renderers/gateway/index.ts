/**
 * gateway/routes.json: which path goes to which service, and on what terms. The gateways read it again whenever it changes,
 * so that a new service needs no new gateway.
 */
import { defined, jsonText } from '../../files/serialise.ts';
import { timeoutMs } from '../../model/call-timeout.ts';
import type { Service, Stack } from '../../model/stack.ts';
import { serviceDocument } from '../openapi/service-document.ts';
import type { RenderContext, Renderer } from '../renderer.ts';

export const gateway: Renderer = {
  id: 'gateway',
  description: 'gateway/routes.json: the routes, limits and services that the gateway serves',
  render: (stack, { templates }) => [
    { path: 'gateway/routes.json', content: jsonText(routeTable(stack, templates)), origin: 'gateway' },
  ],
};

/** What packages/runtime/src/gateway/table/schema.ts reads. */
function routeTable(stack: Stack, templates: RenderContext['templates']): object {
  const routes = [...stack.routes].sort((a, b) => (a.prefix < b.prefix ? -1 : 1));
  const used = new Set(routes.flatMap(({ rateLimit }) => rateLimit ?? []));
  const reached = new Set(routes.map(({ service }) => service));
  return {
    name: stack.name,
    routes: routes.map(({ prefix, service, rateLimit }) => defined({ prefix, service, limit: rateLimit })),
    limits: byName(
      stack.rateLimits
        .filter(({ name }) => used.has(name))
        // As nginx counts it, the request that keeps to the rate comes on top of the burst; here it is one of it.
        .map(({ name, rate, burst }) => [name, { rate, burst: burst + 1 }]),
    ),
    services: byName(
      stack.services
        .filter(({ name }) => reached.has(name))
        .map((service) => [service.name, terms(service, templates)]),
    ),
  };
}

const terms = (service: Service, templates: RenderContext['templates']) => ({
  balance: service.balance,
  timeoutMs: timeoutMs(service),
  ...idempotentPaths(service, templates),
});

/** Paths whose POST takes an Idempotency-Key, as the service's document says. */
const idempotentPaths = (
  service: Service,
  templates: RenderContext['templates'],
): { idempotent?: string[] } => {
  const idempotent = Object.entries(serviceDocument(service, templates).paths).flatMap(([path, { post }]) => {
    const { parameters = [] } = (post ?? {}) as { parameters?: readonly { readonly name: string }[] };
    return parameters.some(({ name }) => name === 'Idempotency-Key') ? [path] : [];
  });
  return idempotent.length === 0 ? {} : { idempotent };
};

const byName = (entries: readonly (readonly [string, object])[]): object =>
  Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
