/** Which problems an operation may answer, and how they look. */
import type { Route } from '../http/route.ts';
import type { JsonSchema } from './schemas.ts';

/** Sorted. Everything else (500, 504) is the `default` response. */
export function problemsOf(route: Route): readonly number[] {
  const statuses = new Set(route.problems).add(503);
  const hasParams = route.path.includes(':');
  if (route.auth !== 'public') statuses.add(401).add(403);
  if (hasParams) statuses.add(404);
  if (hasParams || route.query !== undefined || route.headers !== undefined) statuses.add(400).add(422);
  if (route.body !== undefined) statuses.add(400).add(413).add(415).add(422);
  if (hasParams && route.method !== 'GET' && route.method !== 'POST') statuses.add(412);
  if (route.idempotencyKey) statuses.add(400).add(409).add(422);
  return [...statuses].sort((a, b) => a - b);
}

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'The request is malformed: it cannot be read.',
  401: 'No valid access token was sent.',
  403: 'The caller may not do this.',
  404: 'There is no such thing, or none that the caller may know of.',
  409: 'It conflicts with the present state.',
  412: 'It was changed since it was read.',
  413: 'The body is too large.',
  415: 'The body has an unsupported type or encoding.',
  422: 'The request is well-formed, but values are not valid; `errors` names them.',
  429: 'Too many requests; Retry-After says when to try again.',
  503: 'The service, or something that it needs, is away for the moment; Retry-After says when to try again.',
};

const retryAfter = {
  'Retry-After': { description: 'Seconds.', schema: { type: 'integer', format: 'int32', minimum: 0 } },
};
const HEADERS: Readonly<Record<number, JsonSchema>> = {
  401: { 'WWW-Authenticate': { description: 'How to sign in (RFC 6750).', schema: { type: 'string' } } },
  429: retryAfter,
  503: retryAfter,
};

export function problemResponses(statuses: readonly number[]): Record<string, JsonSchema> {
  const media = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return {
    Problem: { description: 'Something went wrong (RFC 9457).', content: media },
    ...Object.fromEntries(
      statuses.map((status) => [
        `Problem${status}`,
        {
          description: DESCRIPTIONS[status] ?? 'A problem.',
          ...(HEADERS[status] === undefined ? {} : { headers: HEADERS[status] }),
          content: media,
        },
      ]),
    ),
  };
}

export const PROBLEM_SCHEMAS: Record<string, JsonSchema> = {
  Problem: {
    type: 'object',
    description: 'Problem details (RFC 9457).',
    properties: {
      type: { type: 'string', format: 'uri', description: 'Names the kind of problem; stable.' },
      title: { type: 'string' },
      status: { type: 'integer', format: 'int32', minimum: 400, maximum: 599 },
      code: { type: 'string', description: 'The end of `type`; stable.' },
      detail: { type: 'string' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            path: { type: 'string', description: 'Where: `body.title`.' },
            message: {
              type: 'string',
              description: 'The rest of a sentence that begins with the path: `is required`.',
            },
            code: {
              type: 'string',
              description: 'For programs; stable: `required`, `too_big`, `not_unique` …',
            },
          },
          required: ['path', 'message', 'code'],
        },
      },
      requestId: { type: 'string' },
    },
    required: ['type', 'title', 'status', 'code'],
    examples: [
      { type: 'urn:problem-type:hometrip:not-found', title: 'Not found', status: 404, code: 'not-found' },
    ],
  },
};
