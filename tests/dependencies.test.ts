import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { developmentPackages } from '../packages/cli/src/model/packages.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const blueprints = join(root, 'templates', 'blueprints');
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

it.each(readdirSync(blueprints).filter((name) => !name.includes('.')))(
  'the blueprint %s names the packages that its code imports, at the versions of the runtime',
  (id) => {
    const { packages = {} } = JSON.parse(readFileSync(join(blueprints, id, 'blueprint.json'), 'utf8')) as {
      packages?: Record<string, string>;
    };
    const sources = readdirSync(join(blueprints, id), { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.ts'),
    );
    const imported = sources.flatMap((path) =>
      [
        ...readFileSync(join(blueprints, id, path), 'utf8').matchAll(/ from '((?:@[^/']+\/)?[^./'][^/']*)/g),
      ].map(([, name = '']) => name),
    );
    const foreign = imported.filter(
      (name) => !name.startsWith('node:') && name !== '@hometrip/runtime' && name !== 'vitest',
    );
    const { dependencies } = JSON.parse(
      readFileSync(join(root, 'packages/runtime/package.json'), 'utf8'),
    ) as { dependencies: Record<string, string> };
    expect(packages).toEqual(Object.fromEntries(foreign.map((name) => [name, dependencies[name]])));
  },
);

it.each(readdirSync(join(root, 'packages')))(
  'docs/dependencies.md gives a reason for each package that %s needs, and for no other',
  (member) => {
    expect(justified(member)).toEqual(declared(member));
  },
);
