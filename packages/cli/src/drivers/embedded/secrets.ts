import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { identitySecret } from '../../model/identities.ts';
import type { Stack } from '../../model/stack.ts';
import { UserError } from '../../platform/errors.ts';
import type { StateDir } from '../../platform/state-dir.ts';
import { embeddedDatabases } from './substitutes.ts';

export const secretFile = (dir: StateDir, name: string): string => join(dir.secrets, name);

/** Creates what is missing, never changes what is there. Values are random: 192 bits for passwords, 256 for keys. */
export async function ensureSecrets(stack: Stack, dir: StateDir): Promise<void> {
  await mkdir(dir.secrets, { recursive: true, mode: 0o700 });
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

export function readSecret(dir: StateDir, name: string): string {
  return readFileSync(secretFile(dir, name), 'utf8').trim();
}

/** The name appears with its whole text or not at all, also when two commands run at once. */
function createOnce(path: string, value: () => string): void {
  const partial = `${path}.${randomBytes(6).toString('hex')}.partial`;
  try {
    readFileSync(path);
    return;
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
