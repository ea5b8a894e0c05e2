import { expect, it } from 'vitest';
import { formatManifest, parseManifest } from './manifest.ts';

const written = (version: string): string => formatManifest(new Map(), version);

it('says which hometrip wrote the tree', () => {
  expect(written('0.2.0')).toBe('{\n  "version": 1,\n  "hometrip": "0.2.0",\n  "files": {}\n}\n');
});

it.each([
  ['the same', '0.2.0', '0.2.0'],
  ['an older one', '0.2.0', '0.10.0'],
  ['what came before a release', '1.0.0-beta.2', '1.0.0'],
])('reads what %s wrote', (_, wrote, reads) => {
  expect(parseManifest(written(wrote), reads)).toEqual(new Map());
});

it('reads what was written before the version stood in it', () => {
  expect(parseManifest('{ "version": 1, "files": {} }', '0.1.0')).toEqual(new Map());
});

it.each([
  ['0.10.0', '0.9.1'],
  ['1.0.0', '1.0.0-beta.2'],
])('leaves to %s what it wrote, and is %s', (wrote, reads) => {
  expect(() => parseManifest(written(wrote), reads)).toThrow(
    expect.objectContaining({
      message: `hometrip ${wrote} generated these files, and this is hometrip ${reads}, which is older`,
      next: expect.arrayContaining([`update it: npm install --save-dev @hometrip/cli@^${wrote}`]),
    }),
  );
});

it('says so too when the newer one wrote what this one does not know', () => {
  const text = '{ "version": 2, "hometrip": "9.0.0", "trees": [] }';
  expect(() => parseManifest(text, '0.1.0')).toThrow('hometrip 9.0.0 generated these files');
});
