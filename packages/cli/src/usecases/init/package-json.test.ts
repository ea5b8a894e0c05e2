import { expect, it } from 'vitest';
import { extendPackageJson, type PackageJson, packageJsonText } from './package-json.ts';

const wanted: PackageJson = {
  name: 'shop',
  private: true,
  type: 'module',
  scripts: { start: 'hometrip up', test: 'hometrip test' },
  workspaces: ['generated/services/*'],
  devDependencies: { '@hometrip/cli': '^0.1.0', vitest: '^5.1.1' },
};
const extended = (present: object): unknown => JSON.parse(extendPackageJson(JSON.stringify(present), wanted));

it('gives a package what it lacks', () => {
  expect(extended({ name: 'old', version: '3.0.0' })).toEqual({
    name: 'old',
    version: '3.0.0',
    scripts: wanted.scripts,
    devDependencies: wanted.devDependencies,
    workspaces: ['generated/services/*'],
  });
});

it('changes nothing that is there: scripts, versions, whatever kind of dependency they are', () => {
  const present = {
    scripts: { start: 'node server.js' },
    dependencies: { '@hometrip/cli': 'file:../hometrip-cli-0.1.0.tgz' },
    workspaces: ['apps/*'],
  };
  expect(extended(present)).toEqual({
    scripts: { start: 'node server.js', test: 'hometrip test' },
    dependencies: present.dependencies,
    devDependencies: { vitest: '^5.1.1' },
    workspaces: ['apps/*', 'generated/services/*'],
  });
});

it('puts the tests in the place of what npm init writes where there are none', () => {
  const { scripts } = extended({
    scripts: { test: 'echo "Error: no test specified" && exit 1' },
  }) as PackageJson;
  expect(scripts['test']).toBe('hometrip test');
});

it('adds nothing twice, and keeps the text as it is then', () => {
  const text = packageJsonText(wanted);
  expect(extendPackageJson(text, wanted)).toBe(text);
  const other =
    '{"scripts":{"start":"a","test":"b"},"workspaces":["generated/services/*"],"dependencies":{"vitest":"5","@hometrip/cli":"1"}}';
  expect(extendPackageJson(other, wanted)).toBe(other);
});

it('keeps the indentation', () => {
  expect(extendPackageJson('{\n\t"name": "old"\n}\n', wanted)).toMatch(/^{\n\t"name": "old",\n\t"scripts"/);
});

it.each([
  ['{ "name": ', 'it is not JSON'],
  ['[]', 'it is not an object'],
  ['{ "workspaces": { "packages": [] } }', 'its workspaces are not a list'],
  ['{ "scripts": [] }', 'its scripts are not an object'],
])('refuses %s', (text, why) => {
  expect(() => extendPackageJson(text, wanted)).toThrow(why);
});
