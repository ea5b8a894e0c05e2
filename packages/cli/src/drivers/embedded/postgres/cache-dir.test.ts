import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cacheDir } from './cache-dir.ts';

const home = mkdtempSync(join(tmpdir(), 'hometrip-home-'));
const uid = process.getuid?.();
afterAll(() => rmSync(home, { recursive: true }));

test('a chosen folder wins', () => {
  expect(cacheDir({ HOMETRIP_CACHE_DIR: join(home, 'own') }, uid)).toBe(join(home, 'own'));
});

test('a folder that others can write to is refused: binaries in it are executed', () => {
  const shared = join(home, 'shared');
  cacheDir({ HOMETRIP_CACHE_DIR: shared }, uid);
  chmodSync(shared, 0o777);
  expect(() => cacheDir({ HOMETRIP_CACHE_DIR: shared }, uid)).toThrow('no folder can be used as cache');
});

test.runIf(uid !== 0)('a normal user has it in their cache folder', () => {
  expect(cacheDir({ HOME: home }, uid)).toBe(join(home, '.cache', 'hometrip'));
  expect(cacheDir({ HOME: home, XDG_CACHE_HOME: join(home, 'xdg') }, uid)).toBe(
    join(home, 'xdg', 'hometrip'),
  );
});
