/** nginx.conf: the edge in front of the gateways, and a pool for each service. */
import type { Service, Stack } from '../../model/stack.ts';
import { templates } from '../../platform/templates.ts';
import { timeoutMs } from '../gateway/index.ts';
import type { Renderer } from '../renderer.ts';

export const nginx: Renderer = {
  id: 'nginx',
  description: 'the edge: nginx.conf and proxy_params.conf',
  render: (stack) => {
    const edge = stack.components.find(({ kind }) => kind === 'nginx');
    if (edge === undefined) return [];
    return [
      {
        path: 'nginx/nginx.conf',
        content: templates.render('nginx/nginx.conf.hbs', view(stack, edge.name, edge.params['tls'])),
        origin: 'nginx',
      },
      {
        path: 'nginx/proxy_params.conf',
        content: templates.render('nginx/proxy_params.conf.hbs', {}),
        origin: 'nginx',
      },
    ];
  },
};

interface Location {
  readonly match: string;
  readonly upstream: string;
  readonly zone: string;
  readonly burst: number;
  readonly websocket: boolean;
  readonly timeout: string;
  readonly cache: boolean;
}

function view(stack: Stack, edge: string, tls: unknown) {
  const defaultLimit = { name: 'edge', rate: 100, burst: 200 };
  const limits = stack.rateLimits.length === 0 ? [defaultLimit] : stack.rateLimits;
  const limitOf = (name: string | undefined) => limits.find((limit) => limit.name === name);
  const front = stack.services.find(
    ({ kind, blueprint }) => kind === 'gateway' && blueprint === 'api-gateway',
  );
  const sockets = stack.services.find(
    ({ kind, blueprint }) => kind === 'gateway' && blueprint === 'websocket-gateway',
  );
  // A gateway says itself that a service takes too long: who gave up before it would blame the gateway.
  const patience = `${Math.ceil(Math.max(10_000, ...stack.services.map(timeoutMs)) / 1_000) + 5}s`;
  const common = limitOf(front?.rateLimit) ?? limits[0] ?? defaultLimit;
  const to = (service: Service, match: string, parts: Partial<Location> = {}): Location => ({
    match,
    upstream: service.name,
    zone: common.name,
    burst: common.burst,
    websocket: false,
    timeout: patience,
    cache: false,
    ...parts,
  });
  return {
    stack: stack.name,
    edge,
    tls: tlsOf(tls),
    bodyLimit: stack.bodyLimit,
    trustedProxies: stack.trustedProxies,
    zones: limits.map(({ name, rate }) => ({
      name,
      rate: rate >= 1 ? `${Math.round(rate)}r/s` : `${Math.max(1, Math.round(rate * 60))}r/m`,
    })),
    upstreams: stack.services.map(({ name, port, balance }) => ({
      name,
      host: name,
      port,
      method: balance === 'round_robin' ? '' : balance,
    })),
    locations: [
      ...(sockets === undefined ? [] : [to(sockets, '/ws', { websocket: true, timeout: '1h' })]),
      ...(front === undefined
        ? []
        : limitedRoutes(stack, common.name).map(({ prefix, zone, burst }) =>
            to(front, prefix, { zone, burst, cache: zone !== 'auth' }),
          )),
      ...(front === undefined ? [] : [to(front, '/', { cache: true })]),
    ],
  };
}

/** Paths whose service has a limit of its own. */
function limitedRoutes(stack: Stack, common: string): { prefix: string; zone: string; burst: number }[] {
  return stack.routes.flatMap(({ prefix, rateLimit }) => {
    const limit = stack.rateLimits.find(({ name }) => name === rateLimit);
    return limit === undefined || limit.name === common
      ? []
      : [{ prefix, zone: limit.name, burst: limit.burst }];
  });
}

/** Where the certificate is, or undefined for plain HTTP. */
function tlsOf(tls: unknown): { certificate: string; key: string } | undefined {
  if (tls === 'files') return { certificate: '/run/secrets/tls-certificate', key: '/run/secrets/tls-key' };
  return undefined;
}
