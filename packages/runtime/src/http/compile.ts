/** Everything about a route that can be worked out once. */
import { badRequest, type ProblemError, validationFailed } from './problem.ts';
import { coerce, coercersOf, type Coercers } from './coerce.ts';
import { projectionOf, type Project } from './projection.ts';
import { parseQueryString } from './query-string.ts';
import type { Content, Reply } from './reply.ts';
import type { ResponseSpec, Route } from './route.ts';
import { decodePercent } from './text.ts';
import { parseFor, parsePart } from './validate.ts';

/** Turns a reply's body into what is sent; undefined: no content. */
export interface Encoder {
  readonly contentType: string | undefined;
  encode(body: unknown): string | Uint8Array | undefined;
}

export interface CompiledRoute {
  readonly route: Route;
  /** With the base path; also the metrics' label. */
  readonly path: string;
  readonly hasBody: boolean;
  readonly encoders: ReadonlyMap<number, Encoder>;
  params(values: readonly string[]): unknown;
  query(text: string): unknown;
  headers(values: NodeJS.Dict<string | string[]>): unknown;
}

const EMPTY = Object.freeze({});

/** @param checkResponses Refuse replies that do not fit their schema (tests), rather than only dropping what is not declared. */
export function compileRoute(route: Route, basePath: string, checkResponses: boolean): CompiledRoute {
  const { params, query, headers } = route;
  const names = [...route.path.matchAll(/:([A-Za-z0-9]+)/g)].map((match) => match[1] as string);
  const paramCoercers = coercersOf(params);
  const queryCoercers = coercersOf(query);
  const headerCoercers = coercersOf(headers);
  return {
    route,
    path: basePath + route.path,
    hasBody: route.body !== undefined,
    encoders: new Map(
      Object.entries(route.responses).map(([status, spec]) => [
        Number(status),
        encoderOf(spec, checkResponses ? `${route.method} ${basePath}${route.path} ${status}` : undefined),
      ]),
    ),
    params(values) {
      if (names.length === 0) return EMPTY;
      const raw = decodeParams(names, values);
      return params === undefined ? raw : parsePart('params', params, coerce(raw, paramCoercers));
    },
    query(text) {
      return query === undefined ? EMPTY : parsePart('query', query, coerceQuery(text, queryCoercers));
    },
    headers(values) {
      return headers === undefined
        ? EMPTY
        : parsePart('headers', headers, coerce({ ...values }, headerCoercers, true));
    },
  };
}

function coerceQuery(text: string, coercers: Coercers): Record<string, unknown> {
  return coerce(parseQueryString(text), coercers);
}

function decodeParams(names: readonly string[], values: readonly string[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (let index = 0; index < names.length; index += 1) {
    const value = values[index] as string;
    const decoded = decodePercent(value);
    if (decoded === undefined) throw badRequest('The path is not valid percent-encoded UTF-8.');
    result[names[index] as string] = decoded;
  }
  return result;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const NOTHING: Encoder = { contentType: undefined, encode: () => undefined };

export const isContent = (spec: ResponseSpec): spec is Content => spec !== null && 'contentType' in spec;

function encoderOf(spec: ResponseSpec, check: string | undefined): Encoder {
  if (spec === null) return NOTHING;
  if (isContent(spec))
    return { contentType: spec.contentType, encode: (body) => body as string | Uint8Array };
  // A schema for "nothing" reads well too: 204: z.void().
  if (spec._zod.def.type === 'void' || spec._zod.def.type === 'undefined') return NOTHING;
  const project: Project = projectionOf(spec) ?? ((value) => value);
  if (check === undefined) return { contentType: JSON_TYPE, encode: (body) => JSON.stringify(project(body)) };
  return {
    contentType: JSON_TYPE,
    encode(body) {
      const text = JSON.stringify(project(body));
      // As it goes over the wire: a Date is a string by now.
      const { errors } = parseFor('response', spec, text === undefined ? undefined : JSON.parse(text));
      if (errors !== undefined) throw new ResponseError(check, validationFailed(errors));
      return text;
    },
  };
}

/** A handler broke the promise of its route. Only raised where responses are checked. */
export class ResponseError extends Error {
  override readonly name = 'ResponseError';
  constructor(where: string, cause: ProblemError) {
    const details = (cause.errors ?? []).map(({ path, message }) => `${path} ${message}`).join('; ');
    super(`The response of ${where} does not fit its declared schema: ${details}`, { cause });
  }
}

export function encoderFor(compiled: CompiledRoute, reply: Reply): Encoder {
  const encoder = compiled.encoders.get(reply.status);
  // Failing closed: without a schema nobody knows what may leave.
  if (encoder === undefined) {
    throw new Error(
      `${compiled.route.method} ${compiled.path} answered ${reply.status}, which its responses do not declare`,
    );
  }
  return encoder;
}
