/** The compiler and the formatter have the last word on generated code. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository as root } from '../../platform/repository.fixture.ts';
import { renderClient } from '../client/index.ts';
import { everything } from './everything.fixture.ts';
import { renderServices } from './index.ts';
import { awkwardEntities, awkwardServices } from './names.fixture.ts';
import { emptyContext, stackOf } from './stack.fixture.ts';

/** Where lines are as long as people write them; long names want breaks at more places than our layout knows. */
const isShort = (title: string): boolean => !title.includes('called like') && !title.includes('such');

describe.each([
  ['a spec with everything', everything],
  ['entities called like what generated code uses', awkwardEntities('postgres')],
  ['such entities as documents', awkwardEntities('mongodb')],
  ['services called like what generated code uses', awkwardServices],
  ['the HomeTrip spec', readFileSync(join(root, 'services.yaml'), 'utf8')],
])('%s', (title, text) => {
  let folder: string;
  /** Copied from blueprints, where the formatter sees them already. */
  const copied = new Set<string>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hometrip-generated-'));
    const stack = stackOf(text);
    const plain = stack.services
      .filter(({ blueprint }) => blueprint.service === undefined)
      .map(({ name }) => `services/${name}/`);
    for (const { path, content } of [
      ...renderServices(stack, emptyContext),
      ...renderClient(stack, emptyContext),
    ]) {
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, content);
      if (path.startsWith('services/') && !plain.some((prefix) => path.startsWith(prefix))) copied.add(path);
    }
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: join(root, 'tsconfig.json'),
        compilerOptions: { typeRoots: [join(root, 'node_modules/@types')] },
        include: ['services', 'clients'],
      }),
    );
    const biome = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8')) as Record<string, unknown>;
    await writeFile(
      join(folder, 'biome.json'),
      JSON.stringify({
        formatter: biome['formatter'],
        assist: biome['assist'],
        javascript: biome['javascript'],
        linter: { rules: { preset: 'recommended', complexity: { useLiteralKeys: 'off' } } },
      }),
    );
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('compiles under the strictest settings', async () => {
    const { stdout } = await execa(join(root, 'node_modules/.bin/tsc'), ['-p', folder], {
      cwd: folder,
      reject: false,
    });
    expect(stdout.split('\n').filter((line) => /^(services|clients)\//.test(line))).toEqual([]);
  });

  it(isShort(title) ? 'is formatted and free of findings' : 'is free of findings', async () => {
    const { stdout: list } = await execa(
      'find',
      ['services', 'clients', '-name', '*.ts', '-o', '-name', '*.js'],
      { cwd: folder },
    );
    const files = list.split('\n').filter((path) => !copied.has(path));
    expect(files.length).toBeGreaterThan(20);
    const { exitCode, all } = await execa(
      join(root, 'node_modules/.bin/biome'),
      [isShort(title) ? 'check' : 'lint', '--colors=off', '--max-diagnostics=10', ...files],
      { cwd: folder, reject: false, all: true },
    );
    expect(exitCode, all).toBe(0);
  });
});
