import { lookup } from 'node:dns/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { fakeClock } from '../testing/clock.ts';
import { portOptions } from '../testing/port-options.ts';
import { openRegistry } from './index.ts';

vi.mock('node:dns/promises', () => ({ lookup: vi.fn() }));
const ask = vi.mocked(lookup as (name: string, options: object) => Promise<unknown>);
afterEach(() => ask.mockReset());

const open = async () => {
  const clock = fakeClock();
  const registry = await openRegistry(new URL('dns:?port=8080'), { ...portOptions(), clock });
  const hosts = async () => (await registry.instances('stays')).map(({ host }) => host);
  return { registry, hosts, pass: clock.advance };
};

it('keeps to the last addresses while the name server does not answer', async () => {
  const { registry, hosts, pass } = await open();
  ask.mockResolvedValueOnce([{ address: '10.0.0.1' }]);
  expect(await hosts()).toEqual(['10.0.0.1']);
  pass(10_000);
  const silence = Promise.withResolvers<unknown>();
  ask.mockReturnValue(silence.promise);
  expect(await hosts()).toEqual(['10.0.0.1']);
  expect(await hosts()).toEqual(['10.0.0.1']);
  pass(10_000);
  silence.reject(new Error('queryA ETIMEOUT'));
  await expect.poll(hosts).toEqual(['10.0.0.1']);
  await registry.close();
});

it('asks no more often when the name server takes long', async () => {
  const { registry, hosts, pass } = await open();
  ask.mockImplementation(async () => {
    pass(5_000);
    return [{ address: '10.0.0.1' }];
  });
  for (let count = 0; count < 3; count += 1) expect(await hosts()).toEqual(['10.0.0.1']);
  expect(ask).toHaveBeenCalledTimes(1);
  await registry.close();
});
