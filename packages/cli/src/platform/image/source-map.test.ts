import { encode } from '@jridgewell/sourcemap-codec';
import { SourceMap } from 'node:module';
import { expect, it } from 'vitest';
import { ownMappings } from './source-map.ts';

const map = JSON.stringify({
  version: 3,
  sources: ['../lib/a.js', '../src/main.ts'],
  names: ['x'],
  mappings: encode([[[0, 0, 7, 0, 0]], [[0, 1, 2, 4], [9, 0, 8, 0], [12]], []]),
});

it('keeps the places of what is our own, and nothing of the rest', () => {
  const own = ownMappings(map, (source) => (source.includes('/src/') ? 'src/main.ts' : undefined), '../');
  const { sources, names } = JSON.parse(own) as { sources: string[]; names: string[] };
  expect({ sources, names }).toEqual({ sources: ['../src/main.ts'], names: [] });
  const read = new SourceMap(JSON.parse(own) as ConstructorParameters<typeof SourceMap>[0]);
  expect(read.findEntry(0, 0)).toEqual({});
  expect(read.findEntry(1, 3)).toMatchObject({
    originalSource: '../src/main.ts',
    originalLine: 2,
    originalColumn: 4,
  });
});

it('is empty where nothing is our own', () => {
  expect(ownMappings(map, () => undefined, '')).toBe('');
});
