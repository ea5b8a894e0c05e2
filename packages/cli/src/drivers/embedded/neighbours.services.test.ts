import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stateDir } from '../../platform/state-dir.ts';
import { down } from '../../usecases/down.ts';
import { administer } from '../../usecases/admin.ts';
import { exec } from '../../usecases/exec.ts';
import { logs } from '../../usecases/logs.ts';
import { openStack } from '../../usecases/stack-context.ts';
import { status } from '../../usecases/status.ts';
import { socketPath } from './control/protocol.ts';
import { kill, until } from './processes.ts';
import { createFixtureProject } from './testing/project.ts';

/** Two checkouts of the same project, with the same ports in their specification; one lies too deep for a socket. */
const SPEC = `gateways:
  front: { blueprint: api-gateway, port: 21901, public: true }
services:
  rooms: { port: 21902 }
`;
const deep = join(mkdtempSync(join(tmpdir(), 'hometrip-deep-')), `${'d'.repeat(80)} # 100% ü`);
mkdirSync(deep);
const one = createFixtureProject();
const two = createFixtureProject({ within: deep });
const answer = async (url: string): Promise<{ version: string }> =>
  (await fetch(url)).json() as Promise<{ version: string }>;
const urlOf = async (project: typeof one, service: string): Promise<string> =>
  (await status(project)).urls.find((candidate) => candidate.service === service)?.url ?? '';

beforeAll(async () => {
  for (const [project, version] of [
    [one, 'one'],
    [two, 'two'],
  ] as const) {
    project.spec(SPEC);
    project.code('front', { version });
    project.code('rooms', { version });
    await project.up();
  }
});
afterAll(async () => {
  await one.remove();
  await two.remove();
  rmSync(join(deep, '..'), { recursive: true });
});

test('each checkout has its own stack: the second takes other ports and says so', async () => {
  expect(await urlOf(one, 'front')).toBe('http://127.0.0.1:21901');
  expect(await urlOf(two, 'front')).not.toBe('http://127.0.0.1:21901');
  for (const service of ['front', 'rooms']) {
    expect(await answer(await urlOf(one, service))).toMatchObject({ version: 'one' });
    expect(await answer(await urlOf(two, service))).toMatchObject({ version: 'two' });
  }
});

test('control sockets are private, and short wherever the project lies', () => {
  for (const project of [one, two]) expect(statSync(socketPath(stateDir(project.root))).mode & 0o077).toBe(0);
  expect(socketPath(stateDir(two.root)).startsWith(two.root)).toBe(false);
});

test('a command finds the supervisor, whatever folder for sockets its own environment names', async () => {
  const before = process.env['XDG_RUNTIME_DIR'];
  process.env['XDG_RUNTIME_DIR'] = mkdtempSync(join(tmpdir(), 'hometrip-xdg-'));
  try {
    expect(await status(two)).toMatchObject({ supervisor: 'running' });
  } finally {
    rmSync(process.env['XDG_RUNTIME_DIR'] ?? '', { recursive: true });
    if (before === undefined) delete process.env['XDG_RUNTIME_DIR'];
    else process.env['XDG_RUNTIME_DIR'] = before;
  }
});

test('the edge that was killed comes back at the port that its callers know', async () => {
  const { driver } = openStack(two);
  const url = await urlOf(two, 'front');
  const edge = (await driver.observe()).components.find(({ name }) => name === 'edge');
  kill(edge?.pid ?? 0, 'SIGKILL');
  const isBack = async (): Promise<boolean> =>
    (await driver.observe()).components.some(
      ({ name, state, pid }) => name === 'edge' && state === 'ready' && pid !== edge?.pid,
    );
  expect(await until(isBack, { limitMs: 20_000 })).toBe(true);
  expect(await answer(url)).toMatchObject({ version: 'two' });
});

test('exec runs with the environment of the instance', async () => {
  const file = join(deep, 'environment.txt');
  const script = `require('node:fs').writeFileSync(${JSON.stringify(file)}, process.env.INSTANCE_ID + ' ' + process.env.REGISTRY_URL); process.exit(7)`;
  expect(await exec(two, { service: 'rooms' }, [process.execPath, '-e', script])).toBe(7);
  expect(readFileSync(file, 'utf8')).toBe(`rooms#1 ${pathToFileURL(stateDir(two.root).registry).href}`);
  await expect(exec(two, { service: 'rooms', replica: 7 }, ['true'])).rejects.toMatchObject({
    message: 'there is no instance rooms#7',
    next: ['choose one of: rooms#1'],
  });
  await expect(administer(two, ['list'])).rejects.toThrow('none of its services issues tokens');
  await expect(exec(two, { service: 'room' }, ['true'])).rejects.toMatchObject({
    message: 'there is no service "room" in this stack',
    next: ['did you mean rooms?'],
  });
});

test('what exec runs finds the Node of the instances first, whatever the user has', async () => {
  const file = join(deep, 'node.txt');
  expect(await exec(two, { service: 'rooms' }, ['sh', '-c', `command -v node > '${file}'`])).toBe(0);
  expect(readFileSync(file, 'utf8').trim()).toBe(process.execPath);
});

test('logs are what the instances wrote, and what the supervisor says of them', async () => {
  const messages: string[] = [];
  for await (const { service, replica, message } of logs(
    two,
    { services: ['rooms#1'] },
    new AbortController().signal,
  ))
    messages.push(`${service}#${replica} ${message}`);
  expect(messages).toEqual(
    expect.arrayContaining([
      'rooms#1 listening',
      'supervisor#1 rooms#1 started',
      'supervisor#1 rooms#1 ready',
    ]),
  );
  expect(messages.filter((message) => !message.includes('rooms#1'))).toEqual([]);
});

test('down ends one of them, socket included, and the other goes on', async () => {
  const socket = socketPath(stateDir(two.root));
  await down(two, {}, () => undefined);
  expect(existsSync(socket)).toBe(false);
  expect(await status(two)).toMatchObject({ running: false, supervisor: 'none' });
  expect(await answer('http://127.0.0.1:21901')).toMatchObject({ version: 'one' });
});
