/** A project that brings a blueprint of its own, another one in place of a stock one, and a text template. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject } from './hometrip.ts';

const checkout = new URL('../..', import.meta.url).pathname;
const project = createProject(`name: parlour
version: 1
components: { postgres: {} }
services:
  hello-service: { port: 24701, blueprint: greeting }
  visit-service:
    port: 24702
    database: postgres
    entities:
      visit: { $access: { read: public, create: public }, title: string(40) }
`);

function write(path: string, content: string | object): void {
  const file = join(project.root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
}

/** Code that answers at /api/v1/<path>, as a blueprint contributes it. */
function blueprint(
  id: string,
  { service, path, answer, manifest }: { service: string; path: string; answer: string; manifest: object },
) {
  const folder = `templates/blueprints/${id}`;
  write(`${folder}/blueprint.json`, {
    description: 'Answers by itself',
    kind: 'service',
    service,
    paths: [path],
    contributes: { routes: [{ name: 'ownRoutes', from: `./${path}/routes.ts` }] },
    ...manifest,
  });
  write(
    `${folder}/src/${path}/routes.ts`,
    `import { ok, type Platform, type Route, route, z } from '@hometrip/runtime';

const Answer = z.object({ says: z.string(), service: z.string() }).meta({ id: 'Answer' });

/** What the ${service} says. */
export const ownRoutes = ({ env }: Platform): Route[] => [
  route.get('/${path}', {
    auth: 'public',
    responses: { 200: Answer },
    handler: () => ok({ says: env['TONE'] ?? '${answer}', service: '${service}' }),
  }),
];
`,
  );
}

blueprint('greeting', {
  service: 'greeting-service',
  path: 'greetings',
  answer: 'Hello',
  manifest: { environment: { TONE: 'What it says instead of Hello' } },
});
blueprint('crud', {
  service: 'record-service',
  path: 'about',
  answer: 'Records of our team',
  manifest: { databases: ['postgres'] },
});
write('templates/service/README.md.hbs', '# {{name}}\n\nOurs: {{description}} Port {{port}}.\n');

afterAll(() => project[Symbol.asyncDispose](), 60_000);

const readme = 'generated/services/hello-service/README.md';

describe('a project with templates of its own', () => {
  it('lists whose they are, and prints those of the installation to begin with', async () => {
    const listed = await project.hometrip('inspect', '--templates', '--json');
    const { templates } = JSON.parse(listed.stdout) as { templates: { path: string; from: string }[] };
    const from = (whose: string) => templates.filter((one) => one.from === whose).map(({ path }) => path);
    expect(from('added')).toEqual(['blueprints/greeting']);
    expect(from('project')).toEqual(['blueprints/crud', 'service/README.md.hbs']);
    expect(from('installation')).toEqual(
      expect.arrayContaining(['blueprints/auth', 'nginx/nginx.conf.hbs', 'service/Dockerfile.hbs']),
    );
    const { stdout } = await project.hometrip('inspect', '--template', 'templates/service/README.md.hbs');
    expect(stdout).toContain('{{#if hasEndpoints}}');
    const wrong = await project.hometrip('inspect', '--template', 'service/README.md');
    expect(wrong.exitCode).toBe(1);
    expect(wrong.stderr).toContain('did you mean service/README.md.hbs?');
  });

  it('is generated, with the names of its services in the code of its blueprints', async () => {
    expect(await project.hometrip('generate')).toMatchObject({ exitCode: 0 });
    expect(project.read(readme)).toBe('# hello-service\n\nOurs: Answers by itself. Port 24701.\n');
    const code = project.read('generated/services/hello-service/src/greetings/routes.ts');
    expect(code).toContain("service: 'hello-service'");
    expect(project.read('generated/services/hello-service/.env.example')).toContain('TONE');
    expect(project.read('generated/services/visit-service/src/service.ts')).toContain(
      'routes: (platform) => [...ownRoutes(platform), ',
    );
  });

  it('type-checks', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hometrip-types-'));
    try {
      cpSync(join(project.root, 'generated', 'services'), join(folder, 'services'), { recursive: true });
      symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules'));
      writeFileSync(
        join(folder, 'tsconfig.json'),
        JSON.stringify({
          extends: join(checkout, 'tsconfig.json'),
          include: ['services/**/*.ts'],
          exclude: [],
        }),
      );
      const tsc = join(checkout, 'node_modules/typescript/bin/tsc');
      const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', folder, '--noEmit']).catch(
        (error: { stdout: string }) => error,
      );
      expect(stdout).toBe('');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  describe('up', () => {
    let urls: Readonly<Record<string, string>>;
    beforeAll(async () => {
      const result = await project.result<{ urls: { service: string; url: string }[] }>('up');
      urls = Object.fromEntries(result.urls.map(({ service, url }) => [service, url]));
    }, 120_000);

    it.each([
      ['hello-service', 'greetings', { says: 'Hello', service: 'hello-service' }],
      ['visit-service', 'about', { says: 'Records of our team', service: 'visit-service' }],
      ['visit-service', 'visits', { items: [] }],
    ])('%s answers /%s', async (service, path, answer) => {
      const response = await fetch(`${urls[service]}/api/v1/${path}`);
      expect([response.status, await response.json()]).toEqual([200, expect.objectContaining(answer)]);
    });

    it('notices an edit of its code, and replaces that service alone', async () => {
      project.edit('templates/blueprints/greeting/src/greetings/routes.ts', "'Hello'", "'Good evening'");
      const { operations } = await project.result<{ operations: { id: string }[] }>('up');
      expect(JSON.stringify(operations)).not.toContain('visit-service');
      await expect
        .poll(async () => (await fetch(`${urls['hello-service']}/api/v1/greetings`)).json())
        .toMatchObject({ says: 'Good evening' });
    });
  });

  describe('that edits its text template', () => {
    it('generates anew what is made from it', async () => {
      expect((await project.hometrip('generate', '--check')).exitCode).toBe(0);
      project.edit('templates/service/README.md.hbs', 'Ours', 'Still ours');
      expect((await project.hometrip('generate', '--check')).exitCode).toBe(1);
      await project.hometrip('generate');
      expect(project.read(readme)).toContain('Still ours: Answers by itself.');
    });

    it('hears where it names what is not there, and what there is', async () => {
      project.edit('templates/service/README.md.hbs', '{{port}}', '{{prot}}');
      const { exitCode, stderr } = await project.hometrip('generate');
      expect(exitCode).toBe(1);
      expect(stderr).toContain('templates/service/README.md.hbs:3:');
      expect(stderr).toContain('HT0384  there is no prot');
      expect(stderr).toMatch(/did you mean port\? There are: .*\bdescription\b/);
      expect(stderr).not.toContain('    at ');
      project.edit('templates/service/README.md.hbs', '{{prot}}', '{{port}}');
    });

    it('gets ours back when it deletes it', async () => {
      project.remove('templates/service/README.md.hbs');
      await project.hometrip('generate');
      expect(project.read(readme)).toContain('## Change it');
    });
  });
});
