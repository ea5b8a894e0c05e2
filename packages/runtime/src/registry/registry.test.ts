import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { portOptions } from '../testing/port-options.ts';
import { type Place, testRegistry } from './conformance.ts';
import { openRegistry, type Registry } from './index.ts';

const open = (url: string | URL) => openRegistry(new URL(url), portOptions());
const one = { instance: 'auth-service#1', host: '127.0.0.1', port: 4001 };
const two = { instance: 'auth-service#2', host: '127.0.0.1', port: 4011 };

describe('a file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });
  const path = () => join(folder, 'registry.json');
  const write = async (content: string) => {
    await writeFile(join(folder, 'new'), content);
    await rename(join(folder, 'new'), path());
  };
  const set = (ready: readonly Place[]) =>
    write(
      JSON.stringify({
        version: 1,
        services: {
          'auth-service': ready.map((place, index) => ({ instance: `auth-service#${index + 1}`, ...place })),
        },
      }),
    );

  testRegistry('file:', {
    open: async (ready) => {
      await set(ready);
      return open(pathToFileURL(path()));
    },
    change: set,
    cut: () => rm(path()),
    restore: async () => undefined,
  });

  it('keeps the last content when the new one is broken', async () => {
    await set([one]);
    const registry: Registry = await open(pathToFileURL(path()));
    let changes = 0;
    registry.watch(() => (changes += 1));
    await write('{"version": 2, "services"');
    await write(JSON.stringify({ version: 3, services: { 'auth-service': [{ port: 'x' }] } }));
    await set([one, two]);
    await expect.poll(() => changes).toBe(1);
    expect(await registry.instances('auth-service')).toHaveLength(2);
    await registry.close();
  });
});

testRegistry('static:', {
  open: async (ready) =>
    open(`static:?${ready.map(({ host, port }) => `auth-service=${host}:${port}`).join('&')}`),
});

testRegistry('dns:', {
  // An address is a name that every resolver knows.
  service: '127.0.0.1',
  open: async (ready) => open(`dns:?port=${ready[0]?.port}`),
});

it('takes fixed addresses', async () => {
  const registry = await open('static:?auth-service=127.0.0.1:4001&auth-service=127.0.0.1:4011');
  expect(await registry.instances('auth-service')).toEqual([one, two]);
  await expect(open('static:auth-service=127.0.0.1:4001')).rejects.toThrow(
    'is not a list of services: write static:?',
  );
  await expect(open('static:?auth-service=nowhere')).rejects.toThrow(
    '“nowhere” is not an address of auth-service',
  );
});

it.each(['dns:?port=abc', 'dns:?port=0', 'dns:?port=8080&auth-service=70000', 'dns:?port='])(
  'refuses %s when it is opened',
  async (url) => {
    await expect(open(url)).rejects.toThrow(/is not a port: write a number from 1 to 65535/);
  },
);

it('takes host names, with ports for all and for one', async () => {
  const registry = await open('dns:?port=8080&auth-service=4001&host=localhost');
  expect(await registry.instances('auth-service')).toContainEqual({
    instance: 'auth-service@127.0.0.1',
    host: '127.0.0.1',
    port: 4001,
  });
  expect(await registry.instances('user-service')).toContainEqual({
    instance: 'user-service@127.0.0.1',
    host: '127.0.0.1',
    port: 8080,
  });
  await registry.close();
});
