/** What an OpenAPI document says about requests and answers, as checks: for stubs, which must not be kinder than the service they stand for. */
import { z } from 'zod';

/** An OpenAPI 3.1 document, as `openapi.json` of a generated service. */
export interface OpenApiDocument {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** One operation of the document, which a request belongs to. */
export interface Contract {
  /** `GET /api/v1/users/{id}` */
  readonly name: string;
  /** Why the request is not what the operation takes; empty: it is. */
  refusals(request: ContractRequest): readonly string[];
  /** Why the operation does not answer like this; empty: it may. */
  objections(status: number, body: unknown): readonly string[];
}

export interface ContractRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

interface Described {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Reference & { readonly required?: boolean; readonly content?: Content };
  readonly responses?: Readonly<Record<string, Reference & { readonly content?: Content }>>;
}
interface Reference {
  readonly $ref?: string;
}
interface Parameter extends Reference {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: JsonSchema;
}
type JsonSchema = Readonly<Record<string, unknown>>;
type Content = Readonly<Record<string, { readonly schema?: JsonSchema }>>;

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];

/** All operations of a document, by name. */
export function contractsOf(document: OpenApiDocument): ReadonlyMap<string, Contract> {
  const contracts = Object.entries(document.paths ?? {}).flatMap(([path, operations]) =>
    METHODS.filter((method) => operations[method] !== undefined).map((method) => {
      const shared = (operations['parameters'] as readonly Parameter[] | undefined) ?? [];
      const own = operations[method] as Described;
      const described = { ...own, parameters: [...shared, ...(own.parameters ?? [])] };
      return contractOf(`${method.toUpperCase()} ${path}`, described, document);
    }),
  );
  return new Map(contracts.map((contract) => [contract.name, contract]));
}

function contractOf(name: string, described: Described, document: OpenApiDocument): Contract {
  const schemas = schemasOf(document);
  const parameters = (described.parameters ?? []).map((one) => resolved(one, document));
  const of = (place: string): readonly Parameter[] => parameters.filter((one) => one.in === place);
  const requestBody = described.requestBody && resolved(described.requestBody, document);
  return {
    name,
    refusals({ params, query, body }) {
      const known = of('query').map((parameter) => parameter.name);
      return [
        ...of('path').flatMap((parameter) =>
          findings(
            `the parameter ${parameter.name}`,
            schemas(parameter.schema),
            typed(params[parameter.name] ?? '', parameter.schema),
          ),
        ),
        ...[...new Set(query.keys())]
          .filter((key) => !known.includes(key))
          .map(
            (key) =>
              `it has no query parameter ${key}; there ${known.length === 0 ? 'is none' : `are ${known.join(', ')}`}`,
          ),
        ...of('query').flatMap(({ name: key, required, schema }) => {
          const given = query.getAll(key);
          if (given.length === 0) return required === true ? [`the query parameter ${key} is missing`] : [];
          const value = schema?.['type'] === 'array' ? given : typed(given[0] ?? '', schema);
          return findings(`the query parameter ${key}`, schemas(schema), value);
        }),
        ...bodyRefusals(requestBody, body),
      ];
    },
    objections(status, body) {
      const responses = described.responses ?? {};
      const found = responses[String(status)] ?? responses[`${Math.floor(status / 100)}XX`];
      // What any service may answer when something is wrong.
      const response = found ?? (status >= 400 ? responses['default'] : undefined);
      if (response === undefined)
        return status >= 500 ? [] : [`it answers ${Object.keys(responses).join(', ')}, not ${status}`];
      const schema = jsonSchemaOf(resolved(response, document).content);
      // Tests say of a problem what matters to them.
      return schema === undefined || status >= 400 ? [] : findings('the body', schemas(schema), body);
    },
  };

  function bodyRefusals(wanted: Described['requestBody'], body: unknown): readonly string[] {
    if (wanted === undefined) return body === undefined ? [] : ['it takes no body'];
    if (body === undefined) return wanted.required === true ? ['the body is missing'] : [];
    const schema = jsonSchemaOf(wanted.content);
    return schema === undefined ? [] : findings('the body', schemas(schema), body);
  }
}

const jsonSchemaOf = (content: Content | undefined): JsonSchema | undefined =>
  Object.entries(content ?? {}).find(([type]) => /[/+]json\b/.test(type))?.[1].schema;

/** `#/components/responses/Problem404` → what stands there. */
function resolved<T extends Reference>(value: T, document: OpenApiDocument): T {
  if (value.$ref === undefined) return value;
  const [, , kind = '', name = ''] = value.$ref.split('/');
  return (document.components?.[kind]?.[name] ?? {}) as T;
}

/** Schemas of the document as validators; each is made once. */
function schemasOf(document: OpenApiDocument): (schema: JsonSchema | undefined) => z.ZodType {
  const definitions = moved(document.components?.['schemas'] ?? {});
  const made = new Map<JsonSchema, z.ZodType>();
  return (schema = {}) => {
    const known = made.get(schema);
    if (known !== undefined) return known;
    const one = z.fromJSONSchema({ ...(moved(schema) as object), $defs: definitions } as never);
    made.set(schema, one);
    return one;
  };
}

/** Where JSON Schema looks for definitions. */
const moved = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"#/$defs/'));

function findings(what: string, schema: z.ZodType, value: unknown): readonly string[] {
  const { error } = schema.safeParse(value);
  return (error?.issues ?? []).map(
    ({ path, message }) => `${what}${path.length === 0 ? '' : `, ${path.join('.')}`}: ${message}`,
  );
}

/** A text of an address as the type that its schema has. */
function typed(text: string, schema: JsonSchema | undefined): unknown {
  const type = schema?.['type'];
  if ((type === 'integer' || type === 'number') && text.trim() !== '' && !Number.isNaN(Number(text)))
    return Number(text);
  return type === 'boolean' && (text === 'true' || text === 'false') ? text === 'true' : text;
}
