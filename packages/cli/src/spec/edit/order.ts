/** The order in which people write the keys of services.yaml. */

const top = [
  'name',
  'version',
  'description',
  'defaults',
  'components',
  'rateLimits',
  'bodyLimit',
  'trustedProxies',
  'roles',
  'events',
  'gateways',
  'services',
  'environments',
];

/** Of a service or gateway. */
const member = [
  'description',
  'blueprint',
  'port',
  'replicas',
  'balance',
  'public',
  'database',
  'extensions',
  'uses',
  'calls',
  'callPolicies',
  'publishes',
  'subscribes',
  'rateLimit',
  'autoscale',
  'slo',
  'limits',
  'renamedFrom',
  'entities',
];

/** Index of the key behind which a new one belongs. `path`: of the mapping that holds `keys`. */
export function positionOf(path: readonly string[], key: string, keys: readonly string[]): number {
  const order = path.length === 0 ? top : isMember(path) ? member : [];
  const place = order.indexOf(key);
  const last = keys.length - 1;
  if (place === -1) return last;
  const before = keys.findLastIndex((one) => order.indexOf(one) < place);
  return before === -1 ? last : before;
}

const isMember = (path: readonly string[]): boolean =>
  path.length === 2 && (path[0] === 'services' || path[0] === 'gateways');

/** `values` with their keys in the order of a service. */
export const inMemberOrder = <T>(values: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(values).sort(([a], [b]) => member.indexOf(a) - member.indexOf(b)));
