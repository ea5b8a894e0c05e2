/** What somebody else may add is asked for before what is built in, at every port. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openersFor, openPort, type Opener, type Port } from './port.ts';
import { portOptions } from './testing/port-options.ts';

const closed = async () => {};
const opener = (scheme: string, name: string): Opener<Port & { name: string }> => ({
  schemes: [scheme],
  open: async () => ({ name, close: closed }),
});
const builtIn = [opener('redis:', 'built in'), opener('memory:', 'memory')];

describe('adapters of a service', () => {
  it.each([
    ['memcached://host', 'own'],
    ['redis://host', 'own'],
    ['memory:', 'memory'],
  ])('%s is opened by the one that is %s', async (url, name) => {
    const own = [opener('memcached:', 'own'), opener('redis:', 'own')];
    expect((await openPort('cache', openersFor(own, builtIn), new URL(url), portOptions())).name).toBe(name);
  });

  it('are listed with the others for a scheme that nobody knows', async () => {
    const openers = openersFor([opener('memcached:', 'own')], builtIn);
    await expect(openPort('cache', openers, new URL('ftp://host'), portOptions())).rejects.toThrow(
      'there is no cache adapter for ftp:// addresses: use one of memcached://, redis://, memory://',
    );
  });

  it('are taken at every port: openPort gets openersFor(options.adapters?.…, openers)', () => {
    const cwd = fileURLToPath(new URL('.', import.meta.url));
    const calls = globSync('*/*.ts', { cwd })
      .filter((file) => !file.endsWith('.test.ts'))
      .sort()
      .flatMap((file) =>
        [...readFileSync(`${cwd}/${file}`, 'utf8').matchAll(/openPort\([^;]*?openers[^;]*;/g)].map(
          ([call]) =>
            `${file}: ${/openersFor\(\s*options\.adapters\?\.\w+,/.test(call) ? 'extensible' : call}`,
        ),
      );
    expect(calls).toEqual(calls.map((call) => call.replace(/: .*/s, ': extensible')));
    expect(calls.length).toBeGreaterThanOrEqual(8);
  });
});
