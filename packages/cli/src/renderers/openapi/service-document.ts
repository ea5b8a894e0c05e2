/** The OpenAPI document of a service, computed from the model: the same that the running service prints. */
import {
  entity,
  filtersOf,
  IdParams,
  listQuery,
  openApiDocument,
  type OpenApiDocument,
  ownedBy,
  page,
  patchOf,
  type Route,
  route,
  z,
} from '@hometrip/runtime/openapi';
import type { Field, Service } from '../../model/stack.ts';
import type { RenderContext } from '../renderer.ts';
import { blueprintFiles } from '../services/blueprint.ts';
import { type EntityModel, entityModel } from '../services/entity.ts';
import { type Operation, operationsOf } from '../services/operations.ts';
import { type Chain, chainSchema } from '../services/schema/chain.ts';
import { createDefault, fieldSchema } from '../services/schema/field-schema.ts';

type TemplateTexts = Pick<RenderContext['templates'], 'files' | 'text'>;

const documents = new WeakMap<TemplateTexts, WeakMap<Service, OpenApiDocument>>();

/** Computed once for a service of a stack, since several renderers need it. */
export function serviceDocument(service: Service, templates: TemplateTexts): OpenApiDocument {
  const known = documents.get(templates) ?? new WeakMap<Service, OpenApiDocument>();
  documents.set(templates, known);
  let document = known.get(service);
  if (document === undefined) {
    document = compute(service, templates);
    known.set(service, document);
  }
  return document;
}

function compute(service: Service, templates: TemplateTexts): OpenApiDocument {
  const routes = service.entities.flatMap((entity) => entityRoutes(entityModel(entity, service)));
  const document = openApiDocument({
    name: service.name,
    version: '1.0.0',
    description: service.description,
    routes,
  });
  const brought = blueprintFiles(service, templates).openapi as unknown as OpenApiDocument | undefined;
  if (brought === undefined) return document;
  const own = withRoles(brought, service);
  return service.entities.length === 0 ? { ...own, info: document.info } : merged(document, own);
}

function entityRoutes(model: EntityModel): Route[] {
  const schemas = schemasOf(model);
  return operationsOf(model).map((operation) => documented(operation, model, schemas));
}

interface Schemas {
  readonly entity: z.ZodObject;
  readonly create: z.ZodType;
  readonly update: z.ZodType;
  readonly filters: z.ZodObject<any>;
}

/** What templates/service/src/entity/schema.ts.hbs says in text. */
function schemasOf({ pascal, owner, ownerInBody, input, readOnly, filters }: EntityModel): Schemas {
  const shape = (list: readonly Field[], schemaOf: (field: Field) => Chain = fieldSchema) =>
    Object.fromEntries(list.map((field) => [field.name, chainSchema(schemaOf(field))]));
  const owned = owner === undefined ? {} : shape([owner]);
  const inputs = shape(input);
  const withDefault = (field: Field): Chain => [...fieldSchema(field), ...(createDefault(field) ?? [])];
  const whole = entity(pascal, { ...owned, ...inputs, ...shape(readOnly) });
  return {
    entity: whole,
    create: z
      .strictObject({ ...(ownerInBody ? owned : {}), ...shape(input, withDefault) })
      .meta({ id: `Create${pascal}` }),
    update: patchOf(z.strictObject(inputs)).meta({ id: `Update${pascal}` }),
    filters: filtersOf(
      whole,
      filters.map(({ name }) => name),
    ),
  };
}

function documented(
  { kind, id, path, summary, description, tag, auth, problems, idempotencyKey, mine }: Operation,
  model: EntityModel,
  schemas: Schemas,
): Route {
  const common = { operationId: id, summary, description, tag, auth, problems, handler: undocumented };
  // Which fields a record has is known only when this runs.
  const guarded = {
    ...common,
    ...(mine === undefined ? {} : { record: undocumented, authorize: ownedBy(mine as never) }),
  };
  switch (kind) {
    case 'list':
      return route.get(path, {
        ...common,
        query: listQuery({ filters: schemas.filters, sortable: model.sortable }),
        responses: { 200: page(schemas.entity) },
      });
    case 'create':
      return route.post(path, {
        ...common,
        idempotencyKey,
        body: schemas.create,
        responses: { 201: schemas.entity },
      });
    case 'get':
      return route.get(path, { ...guarded, params: IdParams, responses: { 200: schemas.entity } });
    case 'update':
      return route.patch(path, {
        ...guarded,
        params: IdParams,
        body: schemas.update,
        responses: { 200: schemas.entity },
      });
    case 'delete':
      return route.delete(path, { ...guarded, params: IdParams, responses: { 204: null } });
  }
}

/** These routes are only read. */
function undocumented(): never {
  throw new Error('A route of the documentation has no behaviour.');
}

function merged(document: OpenApiDocument, other: OpenApiDocument): OpenApiDocument {
  const sections = [...new Set([...Object.keys(document.components), ...Object.keys(other.components)])];
  return {
    ...document,
    tags: [...new Map([...document.tags, ...other.tags].map((tag) => [tag.name, tag])).values()].sort(
      (a, b) => (a.name < b.name ? -1 : 1),
    ),
    paths: sorted({ ...other.paths, ...document.paths }),
    components: Object.fromEntries(
      sections.map((section) => [
        section,
        section === 'schemas'
          ? problemsLast(other.components[section] ?? {}, document.components[section] ?? {})
          : sorted({ ...other.components[section], ...document.components[section] }),
      ]),
    ),
  };
}

/** The issuer of tokens knows the roles of this system; its blueprint was written with others. */
function withRoles(document: OpenApiDocument, { accountRoles }: Service): OpenApiDocument {
  const schemas: Readonly<Record<string, unknown>> = document.components['schemas'] ?? {};
  const { AccountRole: role } = schemas as { AccountRole?: object };
  if (accountRoles.length === 0 || role === undefined) return document;
  const declared = { ...role, enum: accountRoles.map(({ name }) => name) };
  return {
    ...document,
    components: { ...document.components, schemas: { ...schemas, AccountRole: declared } },
  };
}

/** As the service prints them: the schemas that both have are those of problems, and come after all others. */
function problemsLast<T>(
  one: Readonly<Record<string, T>>,
  two: Readonly<Record<string, T>>,
): Record<string, T> {
  const all = Object.entries(sorted({ ...one, ...two }));
  const both = (name: string): boolean => Object.hasOwn(one, name) && Object.hasOwn(two, name);
  return Object.fromEntries([...all.filter(([name]) => !both(name)), ...all.filter(([name]) => both(name))]);
}

const sorted = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
