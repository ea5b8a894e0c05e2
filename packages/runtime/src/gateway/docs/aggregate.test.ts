import { describe, expect, it } from 'vitest';
import { aggregate } from './aggregate.ts';

const operation = (operationId: string, schema: string, auth = 'user') => ({
  operationId,
  tags: ['Photos'],
  'x-auth': auth,
  responses: {
    200: { content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } } },
  },
});
const document = (path: string, schema: object, auth?: string) => ({
  tags: [{ name: 'Photos' }],
  paths: { [path]: { get: operation('listPhotos', 'Photo', auth) } },
  components: {
    schemas: {
      Photo: schema,
      Problem: { type: 'object' },
      Album: { properties: { cover: { $ref: '#/components/schemas/Photo' } } },
    },
  },
});
const options = { title: 'hometrip API', version: '1', reaches: () => true };
const merge = (...documents: Parameters<typeof aggregate>[0][number][]) =>
  aggregate(documents, options) as any;

describe('documents of several services', () => {
  it('become one, with what they share in it once', () => {
    const photo = { type: 'object' };
    const merged = merge(
      { service: 'listing-service', document: document('/a', photo) },
      { service: 'user-service', document: document('/b', photo) },
    );
    expect(Object.keys(merged.paths)).toEqual(['/a', '/b']);
    expect(Object.keys(merged.components.schemas)).toEqual(['Album', 'Photo', 'Problem']);
    expect(merged.tags).toEqual([{ name: 'Photos' }]);
  });

  it('may use one name for two things: the later one is named after its service, also where it is referred to', () => {
    const merged = merge(
      { service: 'listing-service', document: document('/a', { type: 'object' }) },
      { service: 'user-service', document: document('/b', { type: 'string' }) },
    );
    expect(merged.components.schemas.Photo).toEqual({ type: 'object' });
    expect(merged.components.schemas.UserServicePhoto).toEqual({ type: 'string' });
    expect(merged.paths['/b'].get.responses[200].content['application/json'].schema).toEqual({
      $ref: '#/components/schemas/UserServicePhoto',
    });
    expect(merged.paths['/b'].get.operationId).toBe('user_service_listPhotos');
  });

  it('lead to the right thing when only what they refer to differs', () => {
    const merged = merge(
      { service: 'listing-service', document: document('/a', { type: 'object' }) },
      { service: 'user-service', document: document('/b', { type: 'string' }) },
      {
        service: 'stay-service',
        document: {
          components: {
            schemas: {
              Album: { properties: { cover: { $ref: '#/components/schemas/Photo' } } },
              Photo: { type: 'number' },
            },
          },
        },
      },
    );
    for (const { properties } of Object.entries(merged.components.schemas)
      .filter(([name]) => name.endsWith('Album'))
      .map(([, schema]) => schema as any))
      expect(merged.components.schemas).toHaveProperty(properties.cover.$ref.split('/').at(-1));
    expect(merged.components.schemas.UserServiceAlbum).toEqual({
      properties: { cover: { $ref: '#/components/schemas/UserServicePhoto' } },
    });
  });

  it('show nothing that only services may call, and nothing that the gateway does not reach', () => {
    const merged = aggregate(
      [
        { service: 'a', document: document('/internal', {}, 'service') },
        { service: 'b', document: document('/unreached', {}) },
        { service: 'c', document: document('/open', {}) },
      ],
      { ...options, reaches: (path) => path !== '/unreached' },
    ) as any;
    expect(Object.keys(merged.paths)).toEqual(['/open']);
  });

  it('that are missing are named', () => {
    expect(
      merge({ service: 'a', document: undefined }, { service: 'b', document: {} }).info.description,
    ).toContain('they did not answer: a.');
  });
});
