/** From nothing to a system that runs: what the README promises, step by step, from the two tarballs. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '../../packages/cli/src/platform/repository.fixture.ts';
import { freePorts } from '../servers/ports.ts';
import { apiOf } from './api.ts';
import { emptyFolder, type Folder } from './folder.ts';
import { packedTarballs, type Tarballs } from './packed.ts';

/** For packing and for npm install on a machine that is busy with other things. */
const PATIENCE = 300_000;

let tarballs: Tarballs;
let folder: Folder;
beforeAll(async () => {
  tarballs = await packedTarballs();
  folder = emptyFolder();
  await folder.ok(['npm', 'install', '--no-audit', '--no-fund', tarballs.cli, tarballs.runtime]);
}, PATIENCE);
afterAll(async () => {
  await folder.run('npx hometrip down --volumes --yes');
  folder.remove();
});

const read = (path: string): string => readFileSync(join(folder.path, path), 'utf8');

describe('hometrip init, in the folder that the packages were installed in', () => {
  let api: string;

  it('writes a project around what is there, and names the next two commands', async () => {
    await folder.ok('git init --quiet');
    writeFileSync(join(folder.path, 'README.md'), 'Ours.\n');
    const before = JSON.parse(read('package.json')) as { dependencies: object };
    const output = await folder.ok('npx hometrip init');
    expect(output).toMatch(/\n {2}npm install\n {2}npm start$/);
    expect(output).toContain('= README.md  was there, and stays as it is');
    expect(read('README.md')).toBe('Ours.\n');
    const manifest = JSON.parse(read('package.json')) as Record<string, object>;
    expect(manifest['dependencies']).toEqual(before.dependencies);
    expect(manifest['scripts']).toMatchObject({ start: 'hometrip up' });
    const schema = /^# yaml-language-server: \$schema=(\S+)/.exec(read('services.yaml'))?.[1] ?? '';
    expect(existsSync(join(folder.path, schema))).toBe(true);
  });

  it('is a project that is checked, installed and committed as any other', async () => {
    const [gateway = 0, orders = 0, stock = 0] = await freePorts(3);
    const spec = read('services.yaml')
      .replace('port: 3001', `port: ${gateway}`)
      .replace('port: 4001', `port: ${orders}`)
      .replace('port: 4002', `port: ${stock}`);
    writeFileSync(join(folder.path, 'services.yaml'), spec);
    await folder.ok('npx hometrip generate');
    await folder.ok('npm install --no-audit --no-fund');
    // One install for all of it: npm ci of a clone finds every service in the lock file.
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: object };
    expect(Object.keys(packages)).toEqual(
      expect.arrayContaining(['generated/services/order-service', 'generated/clients/typescript']),
    );
    expect(await folder.ok('npm run check')).toContain('up to date');
    const ignored = await folder.ok('git status --short --ignored');
    expect(ignored).toMatch(/!! node_modules\//);
    expect(ignored).toMatch(/\?\? generated\//);
  });

  it('is started by npm start, and its services talk by an event', async () => {
    const output = await folder.ok('npm start -- --json');
    api = apiOf(output);
    const created = await fetch(`${api}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ product: 'Tent', quantity: 2 }),
    });
    expect(created.status).toBe(201);
    const { id } = (await created.json()) as { id: string };
    await expect.poll(() => folder.ok('npx hometrip logs stock-service')).toContain(id);
  });

  it('npm test runs the tests of all services', async () => {
    const output = await folder.ok('npm test');
    expect(output).toMatch(/Tests .*\d+ passed/);
    expect(output).not.toContain('failed');
  });

  it('a service is worked on in its own folder: with types', async () => {
    const service = 'generated/services/order-service';
    await folder.ok('npm install --no-audit --no-fund', { in: service });
    expect(await folder.ok('npm test', { in: service })).toMatch(/Tests .*\d+ passed/);
    await folder.ok('npm run check', { in: service });
    const source = join(service, 'src/service.ts');
    writeFileSync(join(folder.path, source), `${read(source)}\nexport const wrong: number = 'text';\n`);
    const { code, output } = await folder.run('npm run check', { in: service });
    expect(code).not.toBe(0);
    expect(output).toContain('TS2322');
  });

  it('goes down by npm stop', async () => {
    await folder.ok('npm stop');
    await expect(fetch(api)).rejects.toThrow('fetch failed');
  });
});

describe('hometrip init in other folders', () => {
  it('refuses one that is a project, and writes nothing', async () => {
    mkdirSync(join(folder.path, 'taken'));
    writeFileSync(join(folder.path, 'taken/services.yaml'), 'name: other\n');
    const { code, output } = await folder.run('npx hometrip init taken');
    expect([code, output]).toEqual([1, expect.stringContaining('this folder holds a project already')]);
    expect(readdirSync(join(folder.path, 'taken'))).toEqual(['services.yaml']);
  });

  it('makes one, and has it installed from the same tarballs', async () => {
    const output = await folder.ok(['npx', 'hometrip', 'init', 'my shop']);
    expect(output).toContain("cd 'my shop' && npm install");
    const { name, devDependencies } = JSON.parse(read('my shop/package.json')) as {
      name: string;
      devDependencies: Record<string, string>;
    };
    expect(name).toBe('my-shop');
    const tarball = /^file:(.+)$/.exec(devDependencies['@hometrip/cli'] ?? '')?.[1] ?? '';
    expect(join(folder.path, 'my shop', tarball)).toBe(tarballs.cli);
  });

  it('--example hometrip renders to the very bytes that this repository has', async () => {
    await folder.ok('npx hometrip init marketplace --example hometrip');
    const ours = filesOf(join(repository, 'generated'));
    const theirs = filesOf(join(folder.path, 'marketplace', 'generated'));
    expect([...theirs.keys()]).toEqual([...ours.keys()]);
    expect(theirs).toEqual(ours);
  });
});

/** But for migrations, which have a history, and the records of what was written. */
function filesOf(root: string): ReadonlyMap<string, string> {
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !/(^\.hometrip|\/migrations)\/|node_modules/.test(path))
    .sort();
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}
