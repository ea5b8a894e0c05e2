import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { staysTable, type TestBackend, testBackend, type TestEdge, testEdge } from '../testing.ts';

const document = {
  openapi: '3.1.0',
  paths: {
    '/api/v1/stays': { get: { operationId: 'listStays', responses: {} } },
    '/api/v1/elsewhere': { get: { operationId: 'x', responses: {} } },
  },
};
const table = {
  ...staysTable(),
  name: 'hometrip',
  routes: [
    { prefix: '/api/v1/stays', service: 'stays' },
    { prefix: '/api/v1/trips', service: 'trips' },
  ],
};

let backend: TestBackend;
let edge: TestEdge;
let asked = 0;
beforeAll(async () => {
  backend = await testBackend((request, response) => {
    if (request.url === '/openapi.json') asked += 1;
    response.end(JSON.stringify(document));
  });
  edge = await testEdge({ table, instances: { stays: [backend.port] } });
});
afterAll(async () => {
  await edge.close();
  await backend.close();
});

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(edge.url + path, { headers, redirect: 'manual' });

describe('/docs', () => {
  it('is where the root leads to', async () => {
    const response = await get('/');
    expect([response.status, response.headers.get('location')]).toEqual([302, '/docs']);
  });

  it('is a page that loads everything from here, under a policy without exceptions', async () => {
    const response = await get('/docs');
    const html = await response.text();
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';/,
    );
    expect(response.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(html).toContain('<title>hometrip API</title>');
    expect(html).not.toMatch(/<style|style=|<script>|onload|https?:/);
    const parts = [...html.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)].map((match) => match[1] as string);
    expect(parts).toHaveLength(6);
    for (const part of parts) expect((await get(part)).status, part).toBe(200);
  });

  it('sends scripts compressed, and not again when they are known', async () => {
    const first = await get('/docs/swagger-ui-bundle.js', { 'accept-encoding': 'gzip' });
    expect([
      first.headers.get('content-encoding'),
      Number(first.headers.get('content-length')) < 700_000,
    ]).toEqual(['gzip', true]);
    const etag = first.headers.get('etag') as string;
    expect((await get('/docs/swagger-ui-bundle.js', { 'if-none-match': etag })).status).toBe(304);
  });

  it('has nothing else, and nothing to change', async () => {
    for (const path of ['/docs/package.json', '/docs/..%2f..%2fpackage.json', '/docs/constructor'])
      expect((await get(path)).status, path).toBe(404);
    expect((await fetch(`${edge.url}/docs`, { method: 'POST' })).status).toBe(405);
  });
});

describe('/docs/openapi.json', () => {
  it('has what services behind the gateway offer, and names those that do not answer', async () => {
    const body = (await (await get('/docs/openapi.json')).json()) as { info: object; paths: object };
    expect(Object.keys(body.paths)).toEqual(['/api/v1/stays']);
    expect(body.info).toMatchObject({
      title: 'hometrip API',
      description: expect.stringContaining('did not answer: trips.'),
    });
  });

  it('asks the services once for many readers', async () => {
    edge.routes({ ...table, routes: table.routes.slice(0, 1) });
    while (((await (await get('/docs/openapi.json')).json()) as any).info.description.includes('trips'));
    const before = asked;
    await Promise.all(
      Array.from({ length: 10 }, () => get('/docs/openapi.json').then((response) => response.arrayBuffer())),
    );
    expect(asked).toBe(before);
  });
});
