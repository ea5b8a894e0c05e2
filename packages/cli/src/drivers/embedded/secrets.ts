import { createHash, createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { identitySecret } from '../../model/identities.ts';
import type { Stack } from '../../model/stack.ts';
import { UserError } from '../../platform/errors.ts';
import type { StateDir } from '../../platform/state-dir.ts';
import { readData } from './state-files.ts';
import { embeddedDatabases } from './substitutes.ts';

export const secretFile = (dir: StateDir, name: string): string => join(dir.secrets, name);

/**
 * Creates what is missing, never changes what is there. Values are random: 192 bits for passwords, 256 for keys. A lost
 * password is made anew, and what it opens gets it; a lost key that others rely on is named.
 */
export async function ensureSecrets(stack: Stack, dir: StateDir): Promise<void> {
  await mkdir(dir.secrets, { recursive: true, mode: 0o700 });
  refuseLost(stack, dir);
  const lengths = new Map<string, number>(embeddedDatabases(stack).map(({ secret }) => [secret, 24]));
  for (const { name, kind, description } of stack.secrets) {
    if (kind === 'given') requireGiven(secretFile(dir, name), description);
    else if (kind !== 'public-keys') lengths.set(name, kind === 'key' ? 32 : 24);
  }
  for (const [name, bytes] of lengths)
    createOnce(secretFile(dir, name), () => randomBytes(bytes).toString('base64url'));
  for (const { name, kind } of stack.secrets)
    if (kind === 'public-keys') keepCurrent(secretFile(dir, name), publicIdentities(stack, dir));
}

/**
 * What a service signed with it is worth nothing any more: that is for the user to decide. An empty file says so.
 * @throws UserError
 */
function refuseLost(stack: Stack, dir: StateDir): void {
  const known = readData(dir).secrets ?? {};
  const lost = stack.services
    .flatMap((service) => service.blueprint.secrets)
    .filter(({ name }) => known[name] !== undefined && !existsSync(secretFile(dir, name)));
  const [first] = lost;
  if (first === undefined) return;
  const path = secretFile(dir, first.name);
  throw new UserError(
    `this secret is lost (${first.description.replace(/\.$/, '')}): with a new one, all users have to sign in again`,
    {
      where: path,
      next: [
        'put it back from a copy of the folder',
        `or have a new one made: leave an empty file there (touch ${path}), then hometrip up`,
      ],
    },
  );
}

/** Which value each secret has, without telling it: a changed one is handed on. Public keys are left out: services look themselves. */
export function secretHashes(stack: Stack, dir: StateDir): Record<string, string> {
  const names = new Set([
    ...embeddedDatabases(stack).map(({ secret }) => secret),
    ...stack.secrets.filter(({ kind }) => kind !== 'public-keys').map(({ name }) => name),
  ]);
  return Object.fromEntries(
    [...names].sort().map((name) => [
      name,
      createHash('sha256')
        .update(`${name}\0${readSecret(dir, name)}`)
        .digest('hex')
        .slice(0, 12),
    ]),
  );
}

/** One that only its owner knows; undefined when it is not there. */
export const givenSecret = (dir: StateDir, name: string): string | undefined =>
  existsSync(secretFile(dir, name)) ? readSecret(dir, name) : undefined;

/** @throws UserError: only its owner knows it. */
function requireGiven(path: string, description: string): void {
  if (existsSync(path)) return;
  throw new UserError(`${path} is missing: ${description}`, {
    next: [`write it there, with mode 0600; where none is wanted, leave the file empty`],
  });
}

/** What a service believes others by; `service` says whose key it is. Every line of an identity key counts: the old ones too. */
function publicIdentities(stack: Stack, dir: StateDir): string {
  const keys = stack.services.flatMap(({ name }) =>
    readSecret(dir, identitySecret(name))
      .split('\n')
      .map((seed) => ({ service: name, ...publicKey(seed.trim()) })),
  );
  return `${JSON.stringify({ keys }, null, 2)}\n`;
}

// RFC 8410: the PKCS#8 wrapping of an Ed25519 private key is this prefix and the seed.
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

function publicKey(seed: string): { kty: string; crv: string; x: string; kid: string } {
  const der = Buffer.concat([PKCS8_PREFIX, Buffer.from(seed, 'base64url')]);
  const { x = '' } = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).export({
    format: 'jwk',
  });
  return { kty: 'OKP', crv: 'Ed25519', x, kid: x };
}

/** In place: a container that has mounted the file would go on reading one that was replaced. Readers wait out half a text. */
function keepCurrent(path: string, text: string): void {
  let known: string | undefined;
  try {
    known = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  if (known !== text) writeFileSync(path, text, { mode: 0o600 });
}

/** @throws UserError when it is lost: `up` knows what is to be done. */
export function readSecret(dir: StateDir, name: string): string {
  try {
    return readFileSync(secretFile(dir, name), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new UserError('this secret is lost', {
      where: secretFile(dir, name),
      next: ['hometrip up makes another one where that is possible, and says what to do where it is not'],
      cause: error,
    });
  }
}

/** The name appears with its whole text or not at all, also when two commands run at once. An empty one counts as missing. */
function createOnce(path: string, value: () => string): void {
  const partial = `${path}.${randomBytes(6).toString('hex')}.partial`;
  try {
    if (readFileSync(path, 'utf8').trim() !== '') return;
    rmSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  writeFileSync(partial, value(), { mode: 0o600 });
  try {
    linkSync(partial, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(partial, { force: true });
  }
}

export const SUPERUSER_SECRET = 'embedded-superuser-password';

/** The password of the database server itself: the supervisor's, no service has it. */
export function ensureSecretsOfServer(dir: StateDir): void {
  createOnce(secretFile(dir, SUPERUSER_SECRET), () => randomBytes(24).toString('base64url'));
}
