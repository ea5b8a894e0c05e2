/** nginx.conf: the edge in front of the gateways, and a pool for each service. */
import type { PlannedFile } from '../../files/planned-file.ts';
import { hasRole, isIssuer } from '../../model/blueprints.ts';
import { timeoutMs } from '../../model/call-timeout.ts';
import type { RateLimit, Service, Stack } from '../../model/stack.ts';
import type { FilesInput } from '../component.ts';
import { wholeRate } from '../../spec/values/quantities.ts';

/** @param folder Below the output folder. */
export function configFiles(
  { stack, component, templates }: Pick<FilesInput<unknown>, 'stack' | 'component' | 'templates'>,
  tls: unknown,
  folder: string,
): PlannedFile[] {
  return [
    {
      path: `${folder}/nginx.conf`,
      content: templates.render('nginx/nginx.conf.hbs', view(stack, component.name, tls)),
      origin: folder,
    },
    {
      path: `${folder}/proxy_params.conf`,
      content: templates.render('nginx/proxy_params.conf.hbs', {}),
      origin: folder,
    },
  ];
}

interface Location {
  readonly match: string;
  readonly upstream: string;
  readonly zone: string;
  /** ` burst=60` */
  readonly burst: string;
  readonly websocket: boolean;
  readonly timeout: string;
  readonly cache: boolean;
}

function view(stack: Stack, edge: string, tls: unknown) {
  const limitOf = (name: string | undefined) => stack.rateLimits.find((limit) => limit.name === name);
  const front = stack.services.find(hasRole('front'));
  const sockets = stack.services.find(hasRole('sockets'));
  // A gateway says itself that a service takes too long: who gave up before it would blame the gateway.
  const patience = `${Math.ceil(Math.max(10_000, ...stack.services.map(timeoutMs)) / 1_000) + 5}s`;
  const common = limitOf(front?.rateLimit) ?? defaultLimit;
  const limits = common === defaultLimit ? [defaultLimit, ...stack.rateLimits] : stack.rateLimits;
  const to = (service: Service, match: string, parts: Partial<Location> = {}): Location => ({
    match,
    upstream: service.name,
    ...limited(common),
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
    zones: limits.map((limit) => ({ name: limited(limit).zone, rate: rateText(limit.rate) })),
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
        : ownTerms(stack, common).map(({ prefix, limit, cache }) =>
            to(front, `~ ^${prefix}(/|$)`, { ...limited(limit), cache }),
          )),
      ...(front === undefined ? [] : [to(front, '/', { cache: true })]),
    ],
  };
}

/** When services.yaml gives the gateway none. */
const defaultLimit: RateLimit = { name: '_default', rate: 100, burst: 200 };

/**
 * nginx keeps all shared memory under one set of names: its own zones have none of these prefixes, and no limit or
 * service has an underscore in its name.
 */
const limited = ({ name, burst }: RateLimit): Pick<Location, 'zone' | 'burst'> => ({
  zone: `limit_${name}`,
  // 0 is what nginx does without it, and refuses to be told.
  burst: burst === 0 ? '' : ` burst=${burst}`,
});

/** `validate` has refused what is not whole. */
function rateText(rate: number): string {
  const whole = wholeRate(rate);
  if (whole === undefined) throw new RangeError(`nginx cannot keep the rate ${rate}/s`);
  return `${whole.count}r/${whole.unit}`;
}

/**
 * Paths whose service has a limit of its own, or whose answers are never kept: tokens and accounts are their owner's alone. The
 * longest first: nginx takes the first pattern that fits.
 */
function ownTerms(stack: Stack, common: RateLimit): { prefix: string; limit: RateLimit; cache: boolean }[] {
  const issuers = stack.services.filter(isIssuer).map(({ name }) => name);
  return stack.routes
    .map(({ prefix, rateLimit, service }) => ({
      prefix,
      limit: stack.rateLimits.find(({ name }) => name === rateLimit) ?? common,
      cache: !issuers.includes(service),
    }))
    .filter(({ limit, cache }) => limit !== common || !cache)
    .sort((a, b) => b.prefix.length - a.prefix.length);
}

/** Where the certificate is, or undefined for plain HTTP. */
function tlsOf(tls: unknown): { certificate: string; key: string } | undefined {
  if (tls === 'files') return { certificate: '/run/secrets/tls-certificate', key: '/run/secrets/tls-key' };
  return undefined;
}
