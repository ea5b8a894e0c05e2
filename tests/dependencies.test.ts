import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { developmentPackages } from '../packages/cli/src/model/packages.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const document = readFileSync(join(root, 'docs', 'dependencies.md'), 'utf8');

/** Run-time packages by workspace member. */
function declared(member: string): string[] {
  const manifest = JSON.parse(readFileSync(join(root, 'packages', member, 'package.json'), 'utf8')) as Record<
    'dependencies' | 'optionalDependencies',
    Record<string, string> | undefined
  >;
  const names = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
  return names.filter((name) => !name.startsWith('@hometrip/')).sort();
}

/** Packages with a reason, in the section whose heading names this member. */
function justified(member: string): string[] {
  const section =
    document.split(/^## /m).find((text) => text.split('\n')[0]?.includes(`packages/${member}`)) ?? '';
  return [...section.matchAll(/^\| `([^`]+)` \| \S.*\|$/gm)].map((match) => match[1] ?? '').sort();
}

it('generated packages are developed with the very versions that they are tried with here', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  expect(devDependencies).toMatchObject(developmentPackages);
});

it.each(readdirSync(join(root, 'packages')))(
  'docs/dependencies.md gives a reason for each package that %s needs, and for no other',
  (member) => {
    expect(justified(member)).toEqual(declared(member));
  },
);
