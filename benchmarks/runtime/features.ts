/** What a request is given besides its answer, where it can be left out without a switch in the product. */
export const FEATURES = [
  'token and role',
  'query validation',
  'response projection',
  'rate limit',
  'metrics',
  'access log',
  'security headers',
] as const;
export type Feature = (typeof FEATURES)[number];
