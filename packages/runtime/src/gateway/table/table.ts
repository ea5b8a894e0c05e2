import type { NamedLimit } from '../../rate-limit/index.ts';
import { RoutesFile, type ServiceTerms } from './schema.ts';

export interface EdgeRoute {
  readonly prefix: string;
  readonly service: string;
  readonly terms: ServiceTerms;
  readonly limit: NamedLimit | undefined;
}

/** Which service answers a path: the longest prefix of whole segments wins. */
export class RouteTable {
  /** Of the whole system. */
  readonly name: string | undefined;
  readonly services: readonly string[];
  readonly #routes: ReadonlyMap<string, EdgeRoute>;
  /** Segments of the longest prefix. */
  readonly #depth: number;

  constructor({ name, routes, limits, services }: RoutesFile) {
    this.name = name;
    const terms = (service: string) =>
      services[service] ?? { balance: 'least_conn', timeoutMs: 30_000, idempotent: [] };
    const limitOf = (name: string | undefined): NamedLimit | undefined => {
      const limit = name === undefined ? undefined : limits[name];
      return limit === undefined ? undefined : { name: name as string, ...limit };
    };
    this.#routes = new Map(
      routes.map(({ prefix, service, limit }) => [
        prefix,
        { prefix, service, terms: terms(service), limit: limitOf(limit) },
      ]),
    );
    this.#depth = Math.max(0, ...routes.map(({ prefix }) => prefix.split('/').length - 1));
    this.services = [...new Set(routes.map(({ service }) => service))].sort();
  }

  /** @param path Without the query. */
  find(path: string): EdgeRoute | undefined {
    let end = endOfSegments(path, this.#depth);
    while (end > 0) {
      const route = this.#routes.get(end === path.length ? path : path.slice(0, end));
      if (route !== undefined) return route;
      end = path.lastIndexOf('/', end - 1);
    }
    return undefined;
  }
}

/** No prefix is longer: a path of a thousand segments costs no more than a short one. */
function endOfSegments(path: string, count: number): number {
  let end = 0;
  for (let segment = 0; segment < count && end !== -1; segment += 1) end = path.indexOf('/', end + 1);
  return end === -1 ? path.length : end;
}

/** @throws Error saying what is wrong, and where. */
export function parseTable(text: string): RouteTable {
  const result = RoutesFile.safeParse(JSON.parse(text));
  if (result.success) return new RouteTable(result.data);
  throw new Error(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}
