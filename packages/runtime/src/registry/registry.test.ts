import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { portOptions } from '../testing/port-options.ts';
import { openRegistry, type Registry } from './index.ts';

const open = (url: string | URL) => openRegistry(new URL(url), portOptions());
const one = { instance: 'auth-service#1', host: '127.0.0.1', port: 4001 };
const two = { instance: 'auth-service#2', host: '127.0.0.1', port: 4011 };

describe('a registry file', () => {
  let folder: string;
  let registry: Registry;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-'));
  });
  afterEach(async () => {
    await registry.close();
    await rm(folder, { recursive: true });
  });
  const write = async (content: string) => {
    await writeFile(join(folder, 'new'), content);
    await rename(join(folder, 'new'), join(folder, 'registry.json'));
  };
  const snapshot = (version: number, instances: readonly object[]) =>
    JSON.stringify({ version, services: { 'auth-service': instances } });
  const url = () => pathToFileURL(join(folder, 'registry.json'));

  it('tells the instances that it holds, and no others', async () => {
    await write(snapshot(1, [one]));
    registry = await open(url());
    expect(await registry.instances('auth-service')).toEqual([one]);
    expect(await registry.instances('toString')).toEqual([]);
  });

  it('follows the file when it is replaced, again and again', async () => {
    registry = await open(url());
    let changes = 0;
    registry.watch(() => (changes += 1));
    for (const [index, instances] of [[one], [one, two], [two], []].entries()) {
      await write(snapshot(index, instances));
      await expect.poll(() => registry.instances('auth-service')).toEqual(instances);
    }
    expect(changes).toBeGreaterThanOrEqual(4);
  });

  it('keeps the last content while the file is broken or gone', async () => {
    await write(snapshot(1, [one]));
    registry = await open(url());
    await write('{"version": 2, "services"');
    await rm(join(folder, 'registry.json'));
    await write(snapshot(3, [{ port: 'x' }]));
    await new Promise((resolve) => setImmediate(resolve));
    expect(await registry.instances('auth-service')).toEqual([one]);
    await write(snapshot(4, [two]));
    await expect.poll(() => registry.instances('auth-service')).toEqual([two]);
  });
});

it('takes fixed addresses', async () => {
  const registry = await open('static:?auth-service=127.0.0.1:4001&auth-service=127.0.0.1:4011');
  expect(await registry.instances('auth-service')).toEqual([one, two]);
  await expect(open('static:?auth-service=nowhere')).rejects.toThrow(
    '“nowhere” is no address of auth-service',
  );
});

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
