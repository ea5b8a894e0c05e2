import { describe, expect, it } from 'vitest';
import { changedPacks, formatPack, lazyBase, packPath, parsePack } from './base-store.ts';

describe('the store of pristine renderings', () => {
  it.each([
    ['docker-compose.yml', '.hometrip/base/+root.json'],
    ['nginx/nginx.conf', '.hometrip/base/nginx.json'],
    ['services/a-service/src/routes/x.ts', '.hometrip/base/services+a-service.json'],
    ['.github/workflows/test.yml', '.hometrip/base/.github+workflows.json'],
    ['a+b/c', '.hometrip/base/a%2Bb.json'],
  ])('keeps %s in %s', (path, pack) => {
    expect(packPath(path)).toBe(pack);
  });

  it('keeps each line of a text on a line of its own, so that git merges packs as it merges the files', () => {
    expect(
      formatPack(
        new Map([
          ['b', { base: 'x\n' }],
          ['a', { base: '', offered: 'y' }],
        ]),
      ),
    ).toBe(`{
 "version": 1,
 "files": {
  "a": {
   "base": [
    ""
   ],
   "offered": [
    "y"
   ]
  },
  "b": [
   "x",
   ""
  ]
 }
}
`);
  });

  it.each(['', '\n', 'a', 'a\n', 'a\r\nb\r\n', '\n\n', '"\u2028é\\'])('gives back %j as it was', (base) => {
    const text = formatPack(new Map([['a', { base }]]));
    expect(parsePack(text, 'p').get('a')).toEqual({ base });
    expect(lazyBase(() => text)('a')).toEqual({ base });
  });

  it('drops a pack with its last file, and leaves packs alone that stay the same', () => {
    const text = formatPack(new Map([['d/a', { base: 'x' }]]));
    expect(changedPacks(new Map([['d/a', undefined]]), () => text)).toEqual(
      new Map([['.hometrip/base/d.json', undefined]]),
    );
    expect(changedPacks(new Map([['d/a', { base: 'x' }]]), () => text)).toEqual(new Map());
  });

  it('says which pack cannot be read', () => {
    expect(() => parsePack('<<<<<<<', '.hometrip/base/nginx.json')).toThrow('not JSON');
  });
});
