import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLocalJWKSet, exportJWK, exportSPKI } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { fakeClock } from '../testing/clock.ts';
import { createTestIssuer, type TestIssuer } from '../testing/tokens.ts';
import { createVerifier, remoteKeys } from './verifier.ts';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const NOW = Date.parse('2026-07-01T10:00:00Z');
const SECONDS = NOW / 1000;
let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await createTestIssuer();
});

const claims = () => ({
  iss: issuer.issuer,
  aud: issuer.audience,
  sub: 'ann',
  roles: ['guest'],
  exp: SECONDS + 60,
});
const signed = (
  payload: object,
  header: object = { alg: 'EdDSA', kid: issuer.kid },
  key: KeyObject = issuer.privateKey,
): string => {
  const content = `${encode(header)}.${encode(payload)}`;
  return `${content}.${sign(null, Buffer.from(content), key).toString('base64url')}`;
};
const verifier = (clock = fakeClock(NOW)) => createVerifier({ ...issuer, clock });

describe('a genuine token', () => {
  it('names its user', async () => {
    const token = signed({ ...claims(), email: 'ann@example.org', sid: 's1' });
    expect(await verifier().verify(token)).toEqual({
      id: 'ann',
      roles: ['guest'],
      email: 'ann@example.org',
      sessionId: 's1',
    });
  });

  it('is known afterwards, until it expires', async () => {
    const clock = fakeClock(NOW);
    const checked = verifier(clock);
    const token = signed(claims());
    expect(checked.known(token)).toBeUndefined();
    await checked.verify(token);
    clock.advance(60_000);
    expect(checked.known(token)).toMatchObject({ id: 'ann' });
    clock.advance(6_000);
    expect(checked.known(token)).toBeUndefined();
    await expect(checked.verify(token)).rejects.toMatchObject({
      status: 401,
      detail: 'The access token has expired.',
    });
  });
});

describe('an attack', () => {
  const other = generateKeyPairSync('ed25519');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const hmac = async (): Promise<string> => {
    const content = `${encode({ alg: 'HS256', kid: issuer.kid })}.${encode(claims())}`;
    return `${content}.${createHmac('sha256', await exportSPKI(issuer.publicKey))
      .update(content)
      .digest('base64url')}`;
  };
  const tampered = (): string => {
    const [header, , signature] = signed(claims()).split('.');
    return [header, encode({ ...claims(), roles: ['admin'] }), signature].join('.');
  };
  it.each<[string, () => string | Promise<string>]>([
    ['alg none', () => `${encode({ alg: 'none' })}.${encode(claims())}.`],
    ['HS256 with the public key as its secret', hmac],
    [
      'another algorithm',
      () =>
        `${encode({ alg: 'RS256', kid: issuer.kid })}.${encode(claims())}.${sign('sha256', Buffer.from(`${encode({ alg: 'RS256', kid: issuer.kid })}.${encode(claims())}`), rsa.privateKey).toString('base64url')}`,
    ],
    ['changed claims', tampered],
    ['a key of the attacker', () => signed(claims(), undefined, other.privateKey)],
    [
      'a key that the token brings along',
      () =>
        signed(claims(), { alg: 'EdDSA', jwk: other.publicKey.export({ format: 'jwk' }) }, other.privateKey),
    ],
    ['an unknown kid', () => signed(claims(), { alg: 'EdDSA', kid: 'unknown' })],
    [
      'an unknown critical header',
      () => signed(claims(), { alg: 'EdDSA', kid: issuer.kid, crit: ['x'], x: 1 }),
    ],
    ['for another audience', () => signed({ ...claims(), aud: 'elsewhere' })],
    ['of another issuer', () => signed({ ...claims(), iss: 'https://evil.test' })],
    ['expired', () => signed({ ...claims(), exp: SECONDS - 6 })],
    ['not yet valid', () => signed({ ...claims(), nbf: SECONDS + 60 })],
    ['without an end', () => signed({ ...claims(), exp: undefined })],
    ['without a subject', () => signed({ ...claims(), sub: undefined })],
    ['with malformed roles', () => signed({ ...claims(), roles: 'admin' })],
    ['not a token', () => 'abc'],
  ])('%s answers 401', async (_, token) => {
    await expect(verifier().verify(await token())).rejects.toMatchObject({ status: 401 });
  });
});

it('an algorithm other than EdDSA is refused even when the issuer publishes a key for it', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'rsa', alg: 'RS256' }] });
  const content = `${encode({ alg: 'RS256', kid: 'rsa' })}.${encode(claims())}`;
  const token = `${content}.${sign('sha256', Buffer.from(content), privateKey).toString('base64url')}`;
  await expect(
    createVerifier({ ...issuer, keys, clock: fakeClock(NOW) }).verify(token),
  ).rejects.toMatchObject({ status: 401 });
});

describe('keys of an issuer', () => {
  it('are fetched once; while they cannot be had, the answer is 503', async () => {
    let requests = 0;
    let status = 200;
    let document: object = issuer.jwks;
    const server = createServer((_, response) => {
      requests += 1;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`);
    const make = () =>
      createVerifier({
        ...issuer,
        clock: fakeClock(NOW),
        keys: remoteKeys(url, (address, signal) => fetch(address, { signal })),
      });
    try {
      const checked = make();
      await checked.verify(signed(claims()));
      await checked.verify(signed({ ...claims(), sub: 'bob' }));
      expect(requests).toBe(1);
      status = 500;
      await expect(make().verify(signed(claims()))).rejects.toMatchObject({
        status: 503,
        code: 'auth-unavailable',
      });
      [status, document] = [200, { message: 'under maintenance' }];
      await expect(make().verify(signed(claims()))).rejects.toMatchObject({ status: 503 });
    } finally {
      server.close();
    }
    await expect(make().verify(signed(claims()))).rejects.toMatchObject({ status: 503 });
  });
});
