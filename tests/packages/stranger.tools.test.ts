/** What somebody does who has nothing of this repository but the two tarballs: every step as they would type it. */
import { appendFileSync, copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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
beforeAll(async () => {
  tarballs = await packedTarballs();
}, PATIENCE);

describe('a project of one file, with the packages from tarballs', () => {
  let folder: Folder;
  let api: string;
  const manifest = (): object =>
    JSON.parse(readFileSync(join(folder.path, 'package.json'), 'utf8')) as object;

  beforeAll(async () => {
    folder = emptyFolder();
    await folder.ok(['npm', 'install', '--no-audit', '--no-fund', tarballs.cli, tarballs.runtime]);
    const [gateway = 0, service = 0] = await freePorts(2);
    writeFileSync(join(folder.path, 'services.yaml'), shop(gateway, service));
  }, PATIENCE);
  afterAll(async () => {
    await folder.run('npx hometrip down --volumes --yes');
    folder.remove();
  });

  it('says what it is, and takes services.yaml', async () => {
    expect(await folder.ok('npx hometrip version')).toMatch(/^hometrip \d+\.\d+\.\d+/);
    expect(await folder.ok('npx hometrip help')).toContain('hometrip COMMAND');
    expect(await folder.ok('npx hometrip validate')).toContain('is valid');
  });

  it('generates everything, and then has nothing to do', async () => {
    await folder.ok('npx hometrip generate');
    expect(readdirSync(join(folder.path, 'generated')).sort()).toEqual(
      expect.arrayContaining([
        'clients',
        'docs',
        'docker-compose.yml',
        'grafana',
        'nginx',
        'prometheus',
        'services',
      ]),
    );
    expect(await folder.ok('npx hometrip generate --check')).toContain('up to date');
  });

  it('is brought up, and serves what services.yaml says, docs included', async () => {
    api = apiOf(await folder.ok('npx hometrip up --json'));
    const created = await fetch(`${api}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ product: 'Tent', quantity: 2 }),
    });
    expect(created.status).toBe(201);
    const list = (await (await fetch(`${api}/orders`)).json()) as { items: unknown[] };
    expect(list.items).toEqual([expect.objectContaining({ product: 'Tent', quantity: 2 })]);
    const docs = await fetch(new URL('/docs', api));
    expect([docs.status, await docs.text()]).toEqual([200, expect.stringContaining('swagger-ui')]);
  });

  it('builds what was edited, and merges what changes in services.yaml with it', async () => {
    const service = join(folder.path, 'generated', 'services', 'order-service', 'src', 'service.ts');
    writeFileSync(service, `// Ours.\n${readFileSync(service, 'utf8')}`);
    const spec = join(folder.path, 'services.yaml');
    writeFileSync(
      spec,
      readFileSync(spec, 'utf8').replace('quantity: int,', "quantity: int, note: 'text?',"),
    );
    appendFileSync(spec, '    description: 注文を受ける\n');
    api = apiOf(await folder.ok('npx hometrip up --json'));
    // Nothing to do, and a table with letters that take two columns: what measures them is loaded for such texts alone.
    expect(await folder.ok('npx hometrip up')).toContain('注文を受ける');
    expect(readFileSync(service, 'utf8')).toMatch(/^\/\/ Ours\.\n/);
    const list = (await (await fetch(`${api}/orders`)).json()) as { items: unknown[] };
    expect(list.items).toEqual([expect.objectContaining({ product: 'Tent', note: null })]);
  });

  it('runs a service that was written by hand, with the runtime alone', async () => {
    copyFileSync(join(repository, 'docs/examples/greeting.ts'), join(folder.path, 'greeting.ts'));
    writeFileSync(join(folder.path, 'package.json'), JSON.stringify({ ...manifest(), type: 'module' }));
    const [port = 0] = await freePorts(1);
    const server = folder.start(['node', 'greeting.ts'], { env: { PORT: String(port) } });
    try {
      const url = `http://127.0.0.1:${port}/api/v1/greetings/Ada`;
      const text = () => fetch(url).then((answer) => answer.text(), String);
      await expect.poll(text).toBe('{"text":"Hello Ada"}');
    } finally {
      await server.stop();
    }
  });

  it('goes down and leaves nothing running', async () => {
    expect(await folder.ok('npx hometrip down --volumes --yes')).toContain('stopped');
    await expect(fetch(`${api}/orders`)).rejects.toThrow('fetch failed');
  });
});

const shop = (
  gateway: number,
  service: number,
): string => `# yaml-language-server: $schema=./node_modules/@hometrip/cli/schema/services.schema.json
name: shop
version: 1
components:
  postgres: {}
  nginx: {}
  prometheus: {}
  grafana: {}
gateways:
  api-gateway: { port: ${gateway} }
services:
  order-service:
    port: ${service}
    database: postgres
    entities:
      order: { product: string(120), quantity: int, $access: { read: public, create: public } }
`;
