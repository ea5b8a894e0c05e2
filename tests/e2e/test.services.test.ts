/** `hometrip test` in a project of its own that has installed its packages. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProject } from './hometrip.ts';

const packages = new URL('../../', import.meta.url).pathname;
const everybody = '$access: { read: public, create: public, update: public, delete: public }';
const project = createProject(
  `name: desk
version: 1
components: { postgres: {} }
services:
  note-service: { port: 24121, database: postgres, entities: { note: { ${everybody}, title: string(20) } } }
  list-service: { port: 24122 }
`,
  { HOMETRIP_TEST_DATABASE_URL: '' },
);

beforeAll(async () => {
  const modules = join(project.root, 'node_modules');
  mkdirSync(join(modules, '@hometrip'), { recursive: true });
  symlinkSync(join(packages, 'packages', 'runtime'), join(modules, '@hometrip', 'runtime'));
  symlinkSync(join(packages, 'packages', 'cli'), join(modules, '@hometrip', 'cli'));
  symlinkSync(join(packages, 'node_modules', 'vitest'), join(modules, 'vitest'));
  await project.hometrip('generate');
  writeFileSync(
    join(project.root, 'generated/services/list-service/tests/own.test.ts'),
    "import { expect, it } from 'vitest';\nit('passes', () => {});\nit('fails', () => expect(1).toBe(2));\n",
  );
});
afterAll(() => project[Symbol.asyncDispose]());

it('runs the tests of one service, on a PostgreSQL that is started for them', async () => {
  const { exitCode, stdout, stderr } = await project.hometrip('test', 'note-service');
  expect(stdout + stderr).toContain('note.services.test.ts');
  expect(stdout).not.toContain('own.test.ts');
  expect(exitCode).toBe(0);
});

it('ends as Vitest does: 1 where a test fails, 0 where what was asked for passes', async () => {
  const failed = await project.hometrip('test', 'list-service');
  expect(failed.stdout + failed.stderr).toContain('expected 1 to be 2');
  expect(failed.exitCode).toBe(1);
  const passed = await project.hometrip('test', 'list-service', 'own.test.ts', '--', '-t', 'passes');
  expect(passed.stdout).toMatch(/1 passed/);
  expect(passed.exitCode).toBe(0);
});
