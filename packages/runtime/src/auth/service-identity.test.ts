import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { fakeClock } from '../testing/clock.ts';
import { createTestIssuer } from '../testing/tokens.ts';
import {
  createServiceIdentity,
  createServiceVerifier,
  identityKeys,
  keyId,
  signingKey,
} from './service-identity.ts';
import { createVerifier } from './verifier.ts';

const NOW = Date.parse('2026-07-01T10:00:00Z');
const SECONDS = NOW / 1000;
const booking = generateKeyPairSync('ed25519');
const listing = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');

const jwk = (service: string, key: KeyObject) => ({
  ...key.export({ format: 'jwk' }),
  kid: keyId(key),
  service,
});
const keySet = () =>
  JSON.stringify({
    keys: [jwk('booking-service', booking.publicKey), jwk('listing-service', listing.publicKey)],
  });
const setup = (read = keySet, clock = fakeClock(NOW)) => {
  const keys = identityKeys(read, { clock, log: pino({ level: 'silent' }) });
  return {
    clock,
    keys,
    /** Of the listing service. */
    verifier: createServiceVerifier({ audience: 'listing-service', keys, clock }),
    identity: createServiceIdentity('booking-service', booking.privateKey, clock),
  };
};

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const header = () => ({ alg: 'EdDSA', typ: 'service+jwt', kid: keyId(booking.publicKey) });
const claims = () => ({
  iss: 'service:booking-service',
  sub: 'booking-service',
  aud: 'listing-service',
  iat: SECONDS,
  exp: SECONDS + 60,
});
const signed = (payload: object, head: object = header(), key: KeyObject = booking.privateKey): string => {
  const content = `${encode(head)}.${encode(payload)}`;
  return `${content}.${sign(null, Buffer.from(content), key).toString('base64url')}`;
};

describe('a service token', () => {
  it('names the service that signed it, and nothing but a service', async () => {
    const { identity, verifier } = setup();
    const token = await identity.tokenFor('listing-service');
    expect(await verifier.verify(token)).toEqual({ id: 'booking-service', roles: ['service'] });
    expect(verifier.known(token)).toEqual({ id: 'booking-service', roles: ['service'] });
  });

  it('is signed once for each target and half a minute', async () => {
    const { identity, clock } = setup();
    const first = await identity.tokenFor('listing-service');
    expect(await identity.tokenFor('user-service')).not.toBe(first);
    clock.advance(29_000);
    expect(identity.tokenFor('listing-service')).toBe(first);
    clock.advance(2_000);
    expect(await identity.tokenFor('listing-service')).not.toBe(first);
  });

  it('is over after a minute, also for those who have seen it before', async () => {
    const { identity, verifier, clock } = setup();
    const token = await identity.tokenFor('listing-service');
    await verifier.verify(token);
    clock.advance(66_000);
    expect(verifier.known(token)).toBeUndefined();
    await expect(verifier.verify(token)).rejects.toMatchObject({ status: 401 });
  });
});

describe('an attack with a service token', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  it.each<[string, () => string]>([
    ['replayed at another service', () => signed({ ...claims(), aud: 'user-service' })],
    ['for several services', () => signed({ ...claims(), aud: ['listing-service', 'user-service'] })],
    ['for nobody in particular', () => signed({ ...claims(), aud: undefined })],
    ['replayed after its end', () => signed({ ...claims(), iat: SECONDS - 66, exp: SECONDS - 6 })],
    ['that gives itself a year', () => signed({ ...claims(), iat: SECONDS - 66, exp: SECONDS + 31_536_000 })],
    ['from the future', () => signed({ ...claims(), iat: SECONDS + 60, exp: SECONDS + 120 })],
    ['without a beginning', () => signed({ ...claims(), iat: undefined })],
    ['without an end', () => signed({ ...claims(), exp: undefined })],
    [
      'of a stranger',
      () => signed(claims(), { ...header(), kid: keyId(stranger.publicKey) }, stranger.privateKey),
    ],
    ['of a stranger under a known key', () => signed(claims(), header(), stranger.privateKey)],
    [
      'of one service in the name of another',
      () => signed(claims(), { ...header(), kid: keyId(listing.publicKey) }, listing.privateKey),
    ],
    ['with another issuer', () => signed({ ...claims(), iss: 'service:auth-service' })],
    ['with another subject', () => signed({ ...claims(), sub: 'auth-service' })],
    ['without a key id', () => signed(claims(), { alg: 'EdDSA', typ: 'service+jwt' })],
    ['with a path as its key id', () => signed(claims(), { ...header(), kid: '../../etc/passwd' })],
    ['with a prototype as its key id', () => signed(claims(), { ...header(), kid: '__proto__' })],
    [
      'that brings its key along',
      () =>
        signed(
          claims(),
          { alg: 'EdDSA', typ: 'service+jwt', jwk: stranger.publicKey.export({ format: 'jwk' }) },
          stranger.privateKey,
        ),
    ],
    ['of another type', () => signed(claims(), { ...header(), typ: 'JWT' })],
    ['without a signature', () => `${encode({ ...header(), alg: 'none' })}.${encode(claims())}.`],
    [
      'of another algorithm',
      () => {
        const content = `${encode({ ...header(), alg: 'RS256' })}.${encode(claims())}`;
        return `${content}.${sign('sha256', Buffer.from(content), rsa.privateKey).toString('base64url')}`;
      },
    ],
    ['that is none', () => 'abc'],
    ['twice in one header', () => `${signed(claims())}, ${signed(claims())}`],
  ])('%s is refused', async (_, token) => {
    const { verifier } = setup();
    await expect(verifier.verify(token())).rejects.toMatchObject({ status: 401 });
    expect(verifier.known(token())).toBeUndefined();
  });

  it('as an access token, and with an access token as a service token, is refused', async () => {
    const issuer = await createTestIssuer();
    const clock = fakeClock(NOW);
    const { identity, verifier } = setup();
    const own = await identity.tokenFor('listing-service');
    await expect(createVerifier({ ...issuer, clock }).verify(own)).rejects.toMatchObject({ status: 401 });
    const users = await issuer.tokenFor({ roles: ['service', 'admin'] }, NOW);
    await expect(verifier.verify(users)).rejects.toMatchObject({ status: 401 });
    expect((await createVerifier({ ...issuer, clock }).verify(users)).roles).toEqual(['admin']);
  });
});

describe('the public keys of services', () => {
  it('are read again for a new service, and not more often than every five seconds', () => {
    let text = JSON.stringify({ keys: [] });
    let reads = 0;
    const { keys, clock } = setup(() => {
      reads += 1;
      return text;
    });
    text = keySet();
    const kid = keyId(booking.publicKey);
    expect(keys.find(kid)).toBeUndefined();
    clock.advance(5_000);
    expect(keys.find(kid)?.service).toBe('booking-service');
    for (let guess = 0; guess < 100; guess += 1) keys.find(`guess-${guess}`);
    expect(reads).toBe(2);
  });

  it('that were taken back are refused after half a minute, tokens that were verified before too', async () => {
    let text = keySet();
    const { identity, verifier, keys, clock } = setup(() => text);
    const token = await identity.tokenFor('listing-service');
    await verifier.verify(token);
    text = JSON.stringify({ keys: [] });
    clock.advance(29_000);
    expect(verifier.known(token)?.id).toBe('booking-service');
    clock.advance(1_000);
    expect(verifier.known(token)).toBeUndefined();
    await expect(verifier.verify(token)).rejects.toMatchObject({ status: 401 });
    expect(keys.find(keyId(booking.publicKey))).toBeUndefined();
  });

  it('stay when the file is gone or half written', () => {
    let text: string | undefined = keySet();
    const { keys, clock } = setup(() => text as string);
    for (const broken of ['{"keys":[', undefined, '{"keys":[{"kty":"oct"}]}']) {
      text = broken;
      clock.advance(5_000);
      expect(keys.find('unknown')).toBeUndefined();
      expect(keys.find(keyId(listing.publicKey))?.service).toBe('listing-service');
    }
  });
});

it('a seed is 32 bytes; of several the first signs', () => {
  const seed = () => randomBytes(32).toString('base64url');
  const [first, second] = [seed(), seed()];
  expect(keyId(signingKey(`${first}\n${second}\n`))).toBe(keyId(signingKey(first)));
  expect(() => signingKey('')).toThrow('32 bytes each');
});
