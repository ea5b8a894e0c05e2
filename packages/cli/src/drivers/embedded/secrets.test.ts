import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createPrivateKey, createPublicKey, type JsonWebKey, randomBytes, sign, verify } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stateDir } from '../../platform/state-dir.ts';
import { ensureSecrets, readSecret, secretHashes } from './secrets.ts';
import { stackOf } from './testing/stack.ts';

const spec = (...services: string[]) =>
  stackOf(`components:
  postgres: {}
services:
${services.map((name, index) => `  ${name}: { port: ${4001 + index}, database: postgres, entities: { ${name}-thing: { title: text } } }`).join('\n')}
`);

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'secrets-'));
});
afterEach(() => rm(root, { recursive: true }));

type Key = JsonWebKey & { service: string; kid: string };
const identities = (): Key[] =>
  (JSON.parse(readSecret(stateDir(root), 'service-identities')) as { keys: Key[] }).keys;

test('every service has a key of its own, and the public half of each is there for all', async () => {
  await ensureSecrets(spec('rooms', 'reviews'), stateDir(root));
  expect(identities().map(({ service }) => service)).toEqual(['rooms', 'reviews']);
  const seed = Buffer.from(readSecret(stateDir(root), 'rooms-identity-key'), 'base64url');
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const signature = sign(
    null,
    Buffer.from('x'),
    createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
  );
  const believed = identities().map(({ service: _, kid: __, ...key }) =>
    verify(null, Buffer.from('x'), createPublicKey({ key, format: 'jwk' }), signature),
  );
  expect(believed).toEqual([true, false]);
  expect(JSON.stringify(identities())).not.toContain('"d"');
});

test('a new service is added, and no key that is there changes', async () => {
  const dir = stateDir(root);
  await ensureSecrets(spec('rooms'), dir);
  const [before] = identities();
  await ensureSecrets(spec('rooms', 'reviews'), dir);
  expect(identities()[0]).toEqual(before);
  expect(identities()).toHaveLength(2);
  const read = async () =>
    Promise.all((await readdir(dir.secrets)).sort().map((name) => readFile(join(dir.secrets, name), 'utf8')));
  const first = await read();
  await ensureSecrets(spec('rooms', 'reviews'), dir);
  expect(await read()).toEqual(first);
});

test('a key that is being replaced is believed until its line is gone', async () => {
  const dir = stateDir(root);
  await ensureSecrets(spec('rooms'), dir);
  const old = readSecret(dir, 'rooms-identity-key');
  await writeFile(
    join(dir.secrets, 'rooms-identity-key'),
    `${randomBytes(32).toString('base64url')}\n${old}\n`,
  );
  await ensureSecrets(spec('rooms'), dir);
  expect(identities().map(({ service }) => service)).toEqual(['rooms', 'rooms']);
});

test('the password of a mail server outside of the stack is asked for, and never made up or changed', async () => {
  const dir = stateDir(root);
  const stack = stackOf(`components:
  postgres: {}
  smtp: { external: "smtps://user@mail.example.com" }
services:
  rooms: { port: 4001, database: postgres, uses: [smtp], entities: { room: { title: text } } }
`);
  const path = join(dir.secrets, 'smtp-password');
  await expect(ensureSecrets(stack, dir)).rejects.toThrow(
    `${path} is missing: the password of the user in the address of the mail server`,
  );
  await writeFile(path, 'given');
  await ensureSecrets(stack, dir);
  expect(await readFile(path, 'utf8')).toBe('given');
});

const withAuth = stackOf(`components: { postgres: {}, rabbitmq: {} }
events:
  user.registered: { userId: uuid, email: email, displayName: string(80) }
  user.erased: { userId: uuid }
services:
  auth-service: { blueprint: auth, port: 4001, database: postgres, publishes: [user.registered, user.erased] }
`);

test('a lost key that sessions rest on is named, and made anew when the user says so', async () => {
  const dir = stateDir(root);
  await ensureSecrets(withAuth, dir);
  await writeFile(
    dir.data,
    JSON.stringify({ databases: [], migrations: {}, secrets: secretHashes(withAuth, dir) }),
  );
  const path = join(dir.secrets, 'auth-signing-key');
  const before = await readFile(path, 'utf8');
  await rm(path);
  await expect(ensureSecrets(withAuth, dir)).rejects.toMatchObject({
    where: path,
    message: expect.stringMatching(/^this secret is lost .* all users have to sign in again$/),
    next: [expect.stringMatching(/^put it back/), expect.stringContaining(`touch ${path}`)],
  });
  await writeFile(path, '');
  await ensureSecrets(withAuth, dir);
  expect(await readFile(path, 'utf8')).toMatch(/^[\w-]{43}$/);
  expect(await readFile(path, 'utf8')).not.toBe(before);
});

test('a lost password is made anew, and shows as another one', async () => {
  const dir = stateDir(root);
  const stack = spec('rooms', 'reviews');
  await ensureSecrets(stack, dir);
  const before = secretHashes(stack, dir);
  await rm(join(dir.secrets, 'rooms-database-password'));
  await ensureSecrets(stack, dir);
  const after = secretHashes(stack, dir);
  expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual([
    'rooms-database-password',
  ]);
});
