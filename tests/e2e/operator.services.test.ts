/** The command line in somebody's shell, project and hands: what is there for other programs decides nothing here. */
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProcesses, stackId } from '../../packages/cli/src/drivers/embedded/processes.ts';
import { stateDir } from '../../packages/cli/src/platform/state-dir.ts';
import { createProject, until } from './hometrip.ts';

const cli = new URL('../../packages/cli/bin/hometrip.js', import.meta.url).pathname;
const everybody = '$access: { read: public, create: public, update: public, delete: public }';
const spec = `name: desk
version: 1
components: { postgres: {}, rabbitmq: {} }
events:
  user.registered: { userId: uuid, email: email, displayName: string(80) }
  user.erased: { userId: uuid }
services:
  note-service: { port: 24101, database: postgres, entities: { note: { ${everybody}, title: string(20) } } }
  sign-service: { port: 24102, blueprint: auth, database: postgres, publishes: [user.registered, user.erased] }
`;
/** What shells have for psql, Node, npm and others. */
const shell = {
  PGSSLMODE: 'require',
  PGOPTIONS: '-c nonsense=1',
  PGHOST: 'elsewhere.invalid',
  PGUSER: 'somebody',
  PGPASSFILE: '/nowhere',
  NODE_OPTIONS: '--no-deprecation',
  NODE_PATH: '/nowhere',
  NODE_ENV: 'development',
  HTTP_PROXY: 'http://127.0.0.1:9',
  npm_config_prefix: '/nowhere',
};
const project = createProject(spec, shell, 'hometrip e2e ä #%20 ');
const dir = stateDir(project.root);
const notes = 'http://127.0.0.1:24101/api/v1/notes';
const titles = async (): Promise<string[]> => {
  const { items } = (await (await fetch(notes)).json()) as { items: { title: string }[] };
  return items.map(({ title }) => title);
};

beforeAll(async () => {
  writeFileSync(join(project.root, 'package.json'), '{ "type": "commonjs" }');
  writeFileSync(join(project.root, 'tsconfig.json'), '{ "extends": "./nowhere.json" }');
  writeFileSync(join(project.root, '.npmrc'), 'engine-strict=true');
  writeFileSync(join(project.root, '.env'), 'DATABASE_URL=postgres://elsewhere.invalid/x');
}, 60_000);
afterAll(() => project[Symbol.asyncDispose](), 60_000);

describe('hometrip', () => {
  it('runs a stack as anywhere else', async () => {
    const { urls } = await project.result<{ urls: { service: string; url: string }[] }>('up');
    expect(urls).toContainEqual({ service: 'note-service', url: 'http://127.0.0.1:24101', kind: 'service' });
    const created = await fetch(notes, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"title":"kept"}',
    });
    expect(created.status).toBe(201);
  });

  it('hands on nothing that is not declared', async () => {
    const processes = await findProcesses(stackId(dir.root));
    expect(processes.map(({ name }) => name.replace(/\.\d+$/, '')).sort()).toEqual([
      'edge#1',
      'note-service#1',
      'sign-service#1',
      'supervisor',
    ]);
    if (process.platform !== 'linux') return;
    for (const { pid, name } of processes) {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      const foreign = Object.entries(shell).filter(([key, value]) => environment.includes(`${key}=${value}`));
      expect(foreign, name).toEqual([]);
    }
  });

  it.each(['logs --follow --tail 1', 'inspect', 'status --json', 'up --help', 'logs'])(
    '%s ends quietly when its reader goes away',
    async (command) => {
      const line = `"$0" "$1" ${command} | head -c 1 > /dev/null; echo "\${PIPESTATUS[0]}"`;
      const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve, reject) =>
        execFile(
          'bash',
          ['-c', line, process.execPath, cli],
          { cwd: project.root, timeout: 30_000 },
          (error, out, err) => (error === null ? resolve({ stdout: out, stderr: err }) : reject(error)),
        ),
      );
      expect([stdout.trim(), stderr]).toEqual(['0', '']);
    },
  );

  it('gives a role another password when the file with it is lost, and keeps the rows', async () => {
    expect((await project.hometrip('down', '--yes')).exitCode).toBe(0);
    for (const name of ['note-database-password', 'embedded-superuser-password'])
      rmSync(join(dir.secrets, name));
    expect((await project.hometrip('up')).exitCode).toBe(0);
    expect(await titles()).toEqual(['kept']);
    // While it runs, too.
    rmSync(join(dir.secrets, 'note-database-password'));
    expect((await project.hometrip('up')).exitCode).toBe(0);
    expect(await titles()).toEqual(['kept']);
  });

  it('names a lost key that sessions rest on', async () => {
    const path = join(dir.secrets, 'auth-signing-key');
    rmSync(path);
    const refused = await project.hometrip('up');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(`${path}: this secret is lost`);
    writeFileSync(path, '');
    expect((await project.hometrip('up')).exitCode).toBe(0);
  });

  it('writes stack.json anew, and says so where it is needed before', async () => {
    writeFileSync(dir.applied, '[]');
    const looked = await project.hometrip('status');
    expect(looked.exitCode).toBe(1);
    expect(looked.stderr).toContain('this file is not what hometrip wrote');
    expect((await project.hometrip('up')).exitCode).toBe(0);
    expect((await project.hometrip('status')).exitCode).toBe(0);
  });

  it('ends an up that a down overtakes, and leaves nothing behind', async () => {
    expect((await project.hometrip('down', '--yes')).exitCode).toBe(0);
    const up = project.hometrip('up');
    await until('the supervisor of up is there', async () =>
      (await findProcesses(stackId(dir.root))).length > 1 ? true : undefined,
    );
    const down = await project.hometrip('down', '--yes');
    const { exitCode, stderr } = await up;
    expect(down.exitCode).toBe(0);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('stopped by hometrip down')]);
    expect(await findProcesses(stackId(dir.root))).toEqual([]);
  });
});
