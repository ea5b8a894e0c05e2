import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServiceIdentity, keyId, signingKey } from '../auth/service-identity.ts';
import { systemClock } from '../clock.ts';
import { noContent, ok } from '../http/reply.ts';
import { route } from '../http/route.ts';
import { z } from '../openapi/index.ts';
import { testClient, testIssuer, tokenFor } from '../testing/index.ts';
import { createVerifier } from '../auth/verifier.ts';
import { defineService } from './definition.ts';
import { type RunningService, start } from './start.ts';

const who = { responses: { 200: z.unknown() } };
const listing = defineService({
  name: 'listing-service',
  version: '1',
  routes: () => [
    route.get('/internal', { ...who, auth: 'service', handler: ({ user }) => ok(user) }),
    route.get('/mine', { ...who, auth: 'user', handler: ({ user }) => ok(user) }),
    route.get('/open', { ...who, auth: 'public', handler: ({ user }) => ok(user ?? 'nobody') }),
    route.get('/admin', { auth: 'admin', responses: { 204: null }, handler: () => noContent() }),
  ],
});
const booking = defineService({
  name: 'booking-service',
  version: '1',
  calls: ['listing-service'],
  routes: ({ calls }) => [
    route.get('/ask/:what', {
      ...who,
      auth: 'public',
      params: z.object({ what: z.string() }),
      handler: async ({ params }) => {
        const { status, body } = await calls['listing-service'].get(`/api/v1/${params.what}`);
        return ok({ status, body });
      },
    }),
  ],
});

const seeds = { 'booking-service': randomBytes(32), 'listing-service': randomBytes(32) };
const seedOf = (name: keyof typeof seeds) => seeds[name].toString('base64url');
const publicKey = (name: keyof typeof seeds) => createPublicKey(signingKey(seedOf(name)));
let folder: string;
let called: RunningService;
let calling: RunningService;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'identities-'));
  const file = join(folder, 'service-identities');
  const keys = (Object.keys(seeds) as (keyof typeof seeds)[]).map((service) => {
    const key = publicKey(service);
    return { ...key.export({ format: 'jwk' }), kid: keyId(key), service };
  });
  await writeFile(file, JSON.stringify({ keys }));
  const verifier = createVerifier({ ...(await testIssuer()), clock: systemClock });
  const base = { SERVICE_IDENTITIES_FILE: file, LOG_LEVEL: 'silent' };
  const options = { verifier, processMetrics: false };
  called = await start(listing, {
    ...options,
    env: { ...base, SERVICE_IDENTITY_KEY: seedOf('listing-service') },
  });
  calling = await start(booking, {
    ...options,
    env: {
      ...base,
      SERVICE_IDENTITY_KEY: seedOf('booking-service'),
      REGISTRY_URL: `static:?listing-service=127.0.0.1:${called.port}`,
    },
  });
});
afterAll(async () => {
  await calling.stop();
  await called.stop();
  await rm(folder, { recursive: true });
});

const self = { id: 'booking-service', roles: ['service'] };

describe('a call between services', () => {
  it.each([
    ['internal', { status: 200, body: self }],
    ['mine', { status: 200, body: self }],
    ['open', { status: 200, body: self }],
    ['admin', { status: 403 }],
  ])('without a user is the service’s own: %s', async (what, expected) => {
    const { body } = await testClient(calling.url).get(`/api/v1/ask/${what}`);
    expect(body).toMatchObject(expected);
  });

  it('on behalf of a user is the user’s, with no more rights than the user has, and the service’s on internal routes', async () => {
    const client = testClient(calling.url, await tokenFor({ id: 'ann', roles: ['guest'] }));
    const ask = async (what: string) => (await client.get(`/api/v1/ask/${what}`)).body;
    expect(await ask('mine')).toMatchObject({ status: 200, body: { id: 'ann', roles: ['guest'] } });
    expect(await ask('open')).toMatchObject({ status: 200, body: { id: 'ann' } });
    expect(await ask('admin')).toMatchObject({ status: 403 });
    expect(await ask('internal')).toMatchObject({ status: 200, body: self });
  });
});

describe('an internal route', () => {
  const get = async (headers: Record<string, string>, token?: string) =>
    (await testClient(called.url, token).get('/api/v1/internal', headers)).status;
  const foreign = generateKeyPairSync('ed25519').privateKey;
  const token = (name: string, target: string, key = signingKey(seedOf('booking-service'))) =>
    createServiceIdentity(name, key, systemClock).tokenFor(target);

  it('is closed to users, whatever their token says', async () => {
    expect(await get({})).toBe(401);
    expect(await get({}, await tokenFor({ roles: ['admin', 'service'] }))).toBe(403);
    expect(await get({ 'x-service-token': await tokenFor({ roles: ['service'] }) })).toBe(401);
    expect(await get({}, await token('booking-service', 'listing-service'))).toBe(401);
  });

  it('is closed to strangers, to tokens for other services, and to one service in the name of another', async () => {
    expect(await get({ 'x-service-token': await token('booking-service', 'listing-service') })).toBe(200);
    expect(await get({ 'x-service-token': await token('booking-service', 'listing-service', foreign) })).toBe(
      401,
    );
    expect(await get({ 'x-service-token': await token('booking-service', 'user-service') })).toBe(401);
    expect(await get({ 'x-service-token': await token('listing-service', 'listing-service') })).toBe(401);
  });

  it('stays closed to a bad service token beside a good access token', async () => {
    const admin = await tokenFor({ roles: ['admin'] });
    expect(await get({ 'x-service-token': 'abc' }, admin)).toBe(401);
  });
});

it('says which setting is wrong', async () => {
  const bad = (env: Record<string, string>) =>
    start(booking, { env: { REGISTRY_URL: 'static:', LOG_LEVEL: 'silent', ...env }, processMetrics: false });
  await expect(bad({ SERVICE_IDENTITY_KEY: 'short' })).rejects.toMatchObject({
    setting: 'SERVICE_IDENTITY_KEY',
  });
  await expect(bad({ SERVICE_IDENTITIES: '{}' })).rejects.toMatchObject({ setting: 'SERVICE_IDENTITIES' });
});
