/** The document of the whole system, checked by a validator of the standard. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterEach, expect, it } from 'vitest';
import { entity } from '../../entity.ts';
import { created, ok } from '../../http/reply.ts';
import { route } from '../../http/route.ts';
import { z } from '../../openapi/index.ts';
import { defineService } from '../../service/definition.ts';
import { documentOf } from '../../service/document.ts';
import { start } from '../../service/start.ts';
import { createEdge } from '../edge.ts';
import { testEdge } from '../testing.ts';
import { aggregate, type ServiceDocument } from './aggregate.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const options = { env: { LOG_LEVEL: 'silent' }, processMetrics: false };
const errorsOf = async (document: object): Promise<unknown> =>
  (await new Validator().validate(structuredClone(document) as Record<string, unknown>)).errors;

/** Both of them have a Photo, and a schema that refers to it. */
const service = (name: string, path: string, photo: z.ZodRawShape) => {
  const Photo = z.object(photo).meta({ id: 'Photo' });
  const Album = entity('Album', { photos: z.array(Photo) });
  return defineService({
    name,
    version: '1',
    routes: () => [
      route.get(`/${path}/:id`, {
        auth: 'public',
        params: z.object({ id: z.uuid() }),
        responses: { 200: Album },
        handler: () => ok(undefined as never),
      }),
      route.post(`/${path}`, {
        body: z.strictObject({ photos: z.array(Photo) }).meta({ id: 'CreateAlbum' }),
        responses: { 201: Album },
        handler: () => created(undefined as never),
      }),
      route.post(`/${path}/internal`, {
        auth: 'service',
        responses: { 204: null },
        handler: undefined as never,
      }),
    ],
  });
};

it('is valid OpenAPI, the same each time, at both of its addresses', async () => {
  const services = [
    await start(service('stays', 'stays', { url: z.url() }), options),
    await start(service('trips', 'trips', { url: z.url(), caption: z.string() }), options),
  ];
  for (const one of services) open.push(() => one.stop());
  const edge = await testEdge({
    table: {
      name: 'homes',
      routes: [
        { prefix: '/api/v1/stays', service: 'stays' },
        { prefix: '/api/v1/trips', service: 'trips' },
      ],
      limits: {},
      services: {},
    },
    instances: { stays: [services[0]?.port as number], trips: [services[1]?.port as number] },
  });
  open.push(() => edge.close());
  const texts = await Promise.all(
    ['/openapi.json', '/docs/openapi.json', '/openapi.json'].map(async (path) =>
      (await fetch(edge.url + path)).text(),
    ),
  );
  expect(new Set(texts).size).toBe(1);
  const document = JSON.parse(texts[0] as string);
  expect(await errorsOf(document)).toBeUndefined();
  expect(Object.keys(document.paths)).toEqual([
    '/api/v1/stays',
    '/api/v1/stays/{id}',
    '/api/v1/trips',
    '/api/v1/trips/{id}',
  ]);
  expect(document.servers).toEqual([{ url: '/' }]);
  expect(Object.keys(document.components.schemas)).toEqual(
    expect.arrayContaining(['Album', 'CreateAlbum', 'Photo', 'TripsAlbum', 'TripsCreateAlbum', 'TripsPhoto']),
  );
});

it('has the routes that a gateway declares itself', async () => {
  const gateway = defineService({
    name: 'front',
    version: '1',
    needs: { rateLimit: true },
    routes: () => [
      route.get('/version', {
        auth: 'public',
        responses: { 200: z.object({ version: z.string() }) },
        handler: () => ok({ version: '1' }),
      }),
    ],
    fallback: createEdge,
  });
  const own = documentOf(gateway);
  const document = aggregate([], {
    title: 'homes',
    version: '1',
    own: { service: 'front', document: own },
    reaches: () => false,
  });
  expect(await errorsOf(document)).toBeUndefined();
  expect(document).toMatchObject({ paths: { '/api/v1/version': { get: { operationId: 'getVersion' } } } });
});

it('is valid for the whole reference system', async () => {
  const folder = new URL('../../../../../generated/services/', import.meta.url);
  const documents = readdirSync(folder)
    .map((name) => ({ name, file: new URL(`${name}/openapi.json`, folder) }))
    .filter(({ file }) => existsSync(file))
    .map(
      ({ name, file }): ServiceDocument => ({
        service: name,
        document: JSON.parse(readFileSync(file, 'utf8')),
      }),
    );
  const document = aggregate(documents, { title: 'HomeTrip', version: '1', reaches: () => true });
  expect(await errorsOf(document)).toBeUndefined();
  expect(Object.keys((document as { paths: object }).paths).length).toBeGreaterThan(20);
});
