/** One OpenAPI document out of those of all services. */
import { isDeepStrictEqual } from 'node:util';

export interface ServiceDocument {
  readonly service: string;
  /** Undefined: the service did not give any. */
  readonly document: OpenApi | undefined;
}

type Json = Readonly<Record<string, unknown>>;

interface OpenApi {
  readonly tags?: readonly { readonly name: string }[];
  readonly paths?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface AggregateOptions {
  readonly title: string;
  readonly version: string;
  /** What the gateway itself offers. */
  readonly own?: ServiceDocument | undefined;
  /** Whether the gateway passes this path on to this service. */
  readonly reaches: (path: string, service: string) => boolean;
}

const METHODS: ReadonlySet<string> = new Set([
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
]);

/**
 * Paths that the edge does not reach and operations for other services only are left out. Where two services use one name
 * for different things, the later one's gets its service's name in front.
 */
export function aggregate(
  documents: readonly ServiceDocument[],
  { title, version, own: gateway, reaches }: AggregateOptions,
): object {
  const components: Record<string, Record<string, unknown>> = {};
  const paths: Record<string, Record<string, unknown>> = {};
  const tags = new Map<string, Json>();
  const operationIds = new Set<string>();
  for (const { service, document } of gateway === undefined ? documents : [gateway, ...documents]) {
    if (document === undefined) continue;
    const own = mergeComponents(components, service, document.components ?? {});
    const used = new Set<string>();
    for (const [path, item] of Object.entries(document.paths ?? {})) {
      if (service !== gateway?.service && !reaches(path, service)) continue;
      const operations = Object.entries(item).flatMap(([key, value]): [string, unknown][] => {
        if (!METHODS.has(key)) return [[key, rename(value, own)]];
        const operation = value as Json;
        if (operation['x-auth'] === 'service') return [];
        const named = { ...(rename(operation, own) as Json), tags: operation['tags'] ?? [service] };
        for (const tag of named.tags as string[]) used.add(tag);
        return [[key, uniquelyNamed(named, service, operationIds)]];
      });
      if (operations.some(([key]) => METHODS.has(key)))
        paths[path] = { ...paths[path], ...Object.fromEntries(operations) };
    }
    for (const tag of [...(document.tags ?? []), ...[...used].map((name) => ({ name }))])
      if (used.has(tag.name) && !tags.has(tag.name)) tags.set(tag.name, tag);
  }
  const missing = documents.filter(({ document }) => document === undefined).map(({ service }) => service);
  return {
    openapi: '3.1.0',
    info: { title, version, description: description(documents.length, missing) },
    servers: [{ url: '/' }],
    tags: sorted([...tags.entries()]).map(([, tag]) => tag),
    paths: Object.fromEntries(sorted(Object.entries(paths))),
    components: Object.fromEntries(
      sorted(Object.entries(components)).map(([kind, entries]) => [
        kind,
        Object.fromEntries(sorted(Object.entries(entries))),
      ]),
    ),
  };
}

function description(count: number, missing: readonly string[]): string {
  const all = `All that ${count === 1 ? 'the service' : `the ${count} services`} behind this gateway offer${count === 1 ? 's' : ''}, in one document.`;
  if (missing.length === 0) return all;
  return `${all} **Not included, since they did not answer: ${missing.join(', ')}.** Reload in a moment.`;
}

/** Puts them in. @returns the references that changed: `#/components/schemas/Photo` → `#/components/schemas/ListingServicePhoto`. */
function mergeComponents(
  all: Record<string, Record<string, unknown>>,
  service: string,
  own: NonNullable<OpenApi['components']>,
): ReadonlyMap<string, string> {
  const renamed = new Map<string, string>();
  // Two that look alike are different once what they refer to is: go on until nothing changes.
  for (let before = -1; before < renamed.size; ) {
    before = renamed.size;
    for (const [kind, entries] of Object.entries(own)) {
      for (const [name, value] of Object.entries(entries)) {
        const other = all[kind]?.[name];
        if (other === undefined || isDeepStrictEqual(other, rename(value, renamed))) continue;
        renamed.set(`#/components/${kind}/${name}`, `#/components/${kind}/${pascal(service)}${name}`);
      }
    }
  }
  for (const [kind, entries] of Object.entries(own)) {
    const target = (all[kind] ??= {});
    for (const [name, value] of Object.entries(entries)) {
      const reference = renamed.get(`#/components/${kind}/${name}`);
      target[reference?.split('/').at(-1) ?? name] = rename(value, renamed);
    }
  }
  return renamed;
}

/** The same value with other references. */
function rename(value: unknown, references: ReadonlyMap<string, string>): unknown {
  if (references.size === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => rename(item, references));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string' ? (references.get(item) ?? item) : rename(item, references),
    ]),
  );
}

function uniquelyNamed(operation: Json, service: string, taken: Set<string>): Json {
  const id = operation['operationId'];
  if (typeof id !== 'string') return operation;
  const unique = taken.has(id) ? `${service.replaceAll(/[^A-Za-z0-9]+/g, '_')}_${id}` : id;
  taken.add(unique);
  return { ...operation, operationId: unique };
}

const pascal = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

const sorted = <T>(entries: [string, T][]): [string, T][] => entries.sort(([a], [b]) => (a < b ? -1 : 1));
