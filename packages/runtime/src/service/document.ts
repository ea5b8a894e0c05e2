import { openApiDocument, type OpenApiDocument } from '../openapi/document.ts';
import type { AnyService } from './definition.ts';
import { inert } from './inert.ts';

/** The OpenAPI document of a service, with nothing opened. */
export function documentOf({ name, version, description, basePath, routes }: AnyService): OpenApiDocument {
  return openApiDocument({ name, version, description, basePath, routes: routes(inert) });
}
