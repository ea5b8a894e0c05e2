import { describe, expect, it } from 'vitest';
import { PathMatcher } from './match.ts';

const matcher = new PathMatcher<string>();
for (const path of ['/a', '/a/:id', '/a/mine', '/a/:id/b', '/a/mine/c/:d', '/:any/b/z'])
  matcher.add('GET', path, path);

describe('the route for a path', () => {
  it.each([
    ['/a', '/a', []],
    ['/a/1', '/a/:id', ['1']],
    ['/a/mine', '/a/mine', []],
    ['/a/1/b', '/a/:id/b', ['1']],
    ['/a/mine/b', '/a/:id/b', ['mine']],
    ['/a/mine/c/9', '/a/mine/c/:d', ['9']],
    ['/a/b/z', '/:any/b/z', ['a']],
    ['/a/', undefined, undefined],
    ['//a', undefined, undefined],
    ['/a//b', undefined, undefined],
    ['/A', undefined, undefined],
    ['', undefined, undefined],
  ])('%s', (path, expected, values) => {
    const match = matcher.find(path);
    expect([match?.target.methods.get('GET'), match?.values]).toEqual([expected, values]);
  });

  it.each(['a', '/a/', '/a//b', '/a/:', '/a/*', '/a?b'])('cannot be declared as %s', (path) => {
    expect(() => new PathMatcher().add('GET', path, 1)).toThrow(`The path ${path} of a route is not valid`);
  });

  it('is declared once', () => {
    expect(() => matcher.add('GET', '/a/:other', 'x')).toThrow('Two routes answer GET /a/:other.');
  });
});
