/** Light: declares and documents routes without anything that a running service needs. */
export { z } from 'zod';
export { entity, filtersOf, patchOf } from '../entity.ts';
export { field } from '../fields.ts';
export { ownedBy, type Ownership } from '../http/authorize.ts';
export { IdParams, listQuery, page, type ListQuery, type Page } from '../http/paging.ts';
export { content, type Content, type Reply } from '../http/reply.ts';
export { route, type Auth, type Method, type Responses, type Route } from '../http/route.ts';
export { BASE_PATH, openApiDocument, type ApiDefinition, type OpenApiDocument } from './document.ts';
export { operationIdOf } from './operation-id.ts';
export type { JsonSchema } from './schemas.ts';
