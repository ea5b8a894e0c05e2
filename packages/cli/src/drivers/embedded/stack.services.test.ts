import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stateDir } from '../../platform/state-dir.ts';
import { down } from '../../usecases/down.ts';
import { logs } from '../../usecases/logs.ts';
import { restart } from '../../usecases/restart.ts';
import { scale } from '../../usecases/scale.ts';
import { openStack } from '../../usecases/stack-context.ts';
import { status } from '../../usecases/status.ts';
import { serviceUrls } from '../../usecases/up.ts';
import type { Stack } from '../../model/stack.ts';
import { idOf } from './desired.ts';
import { lockHolder } from './lock.ts';
import { findProcesses, kill, stackId, until } from './processes.ts';
import type { RegistryDocument } from './supervisor/registry.ts';
import { readRegistry } from './state-files.ts';
import { loadRegistry, loadUrl } from './testing/load.ts';
import { createFixtureProject } from './testing/project.ts';
import { freePorts } from '../../../../../tests/servers/ports.ts';

const silent = (): void => undefined;
const never = new AbortController().signal;
const patient = { limitMs: 20_000 };

/** Ports that are free now, by what listens there. */
const [sql, front, rooms, guests, wishes, elsewhere, broken, caller] = await freePorts(8);

const SPEC = `components:
  postgres: { port: ${sql} }
gateways:
  front: { blueprint: api-gateway, port: ${front}, replicas: 2, public: true }
services:
  rooms: { port: ${rooms}, database: postgres, entities: { room: { title: string(80) } } }
  guests: { port: ${guests}, replicas: 2, calls: [rooms], database: postgres, entities: { guest: { title: string(80) } } }
`;

describe('a running stack', () => {
  const project = createFixtureProject();
  const dir = stateDir(project.root);
  const { driver } = openStack(project);
  const pids = async (): Promise<Record<string, number | undefined>> =>
    Object.fromEntries((await driver.observe()).instances.map((instance) => [idOf(instance), instance.pid]));
  const urlOf = async (service: string): Promise<string> =>
    serviceUrls(
      driver.applied()?.stack as Stack,
      (await driver.observe()).instances,
      (await driver.observe()).urls,
    ).find((url) => url.service === service)?.url ?? '';
  const registry = (): RegistryDocument['services'] => readRegistry(dir.registry)?.services ?? {};
  const messages = async (services: readonly string[]): Promise<string[]> => {
    const found: string[] = [];
    for await (const { message } of logs(project, { services }, never)) found.push(message);
    return found;
  };
  const answer = async (service: string): Promise<unknown> => (await fetch(await urlOf(service))).json();

  beforeAll(async () => {
    project.spec(SPEC);
    const { urls } = await project.up();
    expect(urls.map(({ service, kind }) => `${kind} ${service}`)).toEqual([
      'gateway front',
      'service rooms',
      'service guests',
    ]);
  });
  afterAll(() => project.remove());

  test('starts components, databases, migrations and then services, callers last', () => {
    expect(project.plan).toEqual([
      'start postgres because it is new',
      'create database guests because it is new',
      'create database rooms because it is new',
      'migrate rooms because it is new',
      'migrate guests because it is new',
      'start rooms#1 because it is new',
      'start guests#1 because it is new',
      'start guests#2 because it is new',
      'start front#1 because it is new',
      'start front#2 because it is new',
      'start edge because it is not running',
    ]);
    expect(
      Object.entries(registry()).map(([service, entries]) => [
        service,
        entries.map(({ instance }) => instance),
      ]),
    ).toEqual([
      ['front', ['front#1', 'front#2']],
      ['guests', ['guests#1', 'guests#2']],
      ['rooms', ['rooms#1']],
    ]);
  });

  test('has nothing to do when it is as it should be', async () => {
    const before = await pids();
    await project.up();
    expect(project.plan).toEqual([]);
    expect(await pids()).toEqual(before);
  });

  test('an interrupted command says that it was interrupted', async () => {
    const interrupt = new AbortController();
    const reason = new Error('interrupted');
    const restarting = restart(
      project,
      ['rooms'],
      ({ type }) => type === 'operation' && interrupt.abort(reason),
      interrupt.signal,
    );
    await expect(restarting).rejects.toBe(reason);
  });

  test('asked for a replica that there is not, names those that there are', () => {
    expect(() => logs(project, { services: ['guests#7'] }, never)).toThrow(
      expect.objectContaining({
        message: 'there is no instance guests#7',
        next: ['choose one of: guests#1, guests#2'],
      }),
    );
  });

  test('replaces only the service whose code changed', async () => {
    const before = await pids();
    project.code('rooms', { version: '2' });
    await project.up();
    expect(project.plan).toEqual(['replace rooms#1 because its code changed']);
    expect(await answer('rooms')).toMatchObject({ version: '2' });
    expect({ ...(await pids()), 'rooms#1': 0 }).toEqual({ ...before, 'rooms#1': 0 });
  });

  test('starts only the service that was added, and stops it when it is removed', async () => {
    const before = await pids();
    project.spec(
      `${SPEC}  wishes: { port: ${wishes}, database: postgres, entities: { wish: { title: string(80) } } }\n`,
    );
    await project.up();
    expect(project.plan).toEqual([
      'create database wishes because it is new',
      'migrate wishes because it is new',
      'start wishes#1 because it is new',
    ]);
    expect(await pids()).toMatchObject(before);
    project.spec(SPEC);
    await project.up();
    expect(project.plan).toEqual(['stop wishes#1 because it is not in the stack any more']);
    expect(await pids()).toEqual(before);
  });

  test('scales up and down and restarts without dropping a request', async () => {
    const outside = loadUrl(await urlOf('front'));
    const inside = loadRegistry(dir.registry, 'guests');
    const { operations } = await scale(project, { guests: 4, front: 3 }, silent, never);
    expect(operations).toHaveLength(3);
    await Promise.all([outside.more(200), inside.more(200)]);
    expect([...inside.byInstance.keys()].sort()).toEqual(['guests#1', 'guests#2', 'guests#3', 'guests#4']);
    await restart(project, ['guests', 'front'], silent, never);
    await scale(project, { guests: 1, front: 1 }, silent, never);
    await Promise.all([outside.more(50), inside.more(50)]);
    await Promise.all([outside.stop(), inside.stop()]);
    expect({ outside: outside.failures, inside: inside.failures }).toEqual({ outside: [], inside: [] });
    expect(registry()['guests']).toHaveLength(1);
  });

  test('holds the port of a service while its only instance is replaced, and no request there fails', async () => {
    expect(await urlOf('rooms')).toBe(`http://127.0.0.1:${rooms}`);
    const load = loadUrl(`http://127.0.0.1:${rooms}`);
    await load.more(50);
    for (const version of ['6', '7']) {
      project.code('rooms', { version });
      await project.up();
      expect(project.plan).toEqual(['replace rooms#1 because its code changed']);
      expect(await answer('rooms')).toMatchObject({ version });
      await load.more(50);
    }
    await restart(project, ['rooms'], silent, never);
    await load.more(50);
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(await urlOf('rooms')).toBe(`http://127.0.0.1:${rooms}`);
  });

  test('moves to another port when services.yaml says another one, and back', async () => {
    project.spec(SPEC.replace(String(rooms), String(elsewhere)));
    await project.up();
    expect(await urlOf('rooms')).toBe(`http://127.0.0.1:${elsewhere}`);
    expect(await answer('rooms')).toMatchObject({ version: '7' });
    await expect(fetch(`http://127.0.0.1:${rooms}`)).rejects.toThrow();
    project.spec(SPEC);
    await project.up();
    expect(await urlOf('rooms')).toBe(`http://127.0.0.1:${rooms}`);
  });

  test('names a service that is scaled to zero, and shows only what is asked for', async () => {
    const names = async (services: readonly string[]): Promise<object> => {
      const { instances, scaledToZero, urls, components } = await status(project, { services });
      return { ids: instances.map(idOf), scaledToZero, urls: urls.length, components: components.length };
    };
    await scale(project, { guests: 0 }, silent, never);
    expect(await status(project)).toMatchObject({ scaledToZero: ['guests'] });
    expect(await project.up()).toMatchObject({ operations: [], scaledToZero: ['guests'] });
    expect(await names(['guests'])).toEqual({ ids: [], scaledToZero: ['guests'], urls: 0, components: 0 });
    expect(await names(['rooms#1'])).toEqual({ ids: ['rooms#1'], scaledToZero: [], urls: 1, components: 0 });
    await expect(async () => status(project, { services: ['guest'] })).rejects.toThrow(
      'there is no service "guest" in this stack',
    );
    await scale(project, { guests: 1 }, silent, never);
    expect(await status(project)).toMatchObject({ scaledToZero: [] });
  });

  test('keeps what scale asked for until services.yaml says another number', async () => {
    await project.up();
    expect(project.plan).toEqual([]);
    project.spec(SPEC.replace('replicas: 2, calls', 'replicas: 3, calls'));
    await project.up();
    expect(project.plan).toEqual([
      'start guests#2 because replicas 1 → 3',
      'start guests#3 because replicas 1 → 3',
    ]);
    project.spec(SPEC);
    await project.up();
    expect(project.plan).toEqual(['stop guests#3 because replicas 3 → 2']);
  });

  test('starts an instance again that was killed, and takes it off the registry at once', async () => {
    const before = (await pids())['guests#2'] ?? 0;
    kill(before, 'SIGKILL');
    expect(await until(() => registry()['guests']?.length === 1, { limitMs: 20_000, everyMs: 2 })).toBe(true);
    expect(await until(() => registry()['guests']?.length === 2, patient)).toBe(true);
    const restarted = (await driver.observe()).instances.find(
      ({ service, replica }) => service === 'guests' && replica === 2,
    );
    expect(restarted).toMatchObject({ state: 'ready', restarts: 1 });
    expect(restarted?.pid).not.toBe(before);
    const told = await messages(['guests#2']);
    expect(told.slice(told.indexOf('guests#2 was killed by SIGKILL'))).toEqual([
      'guests#2 was killed by SIGKILL',
      'guests#2 is started again in 100 ms',
      'guests#2 started',
      'listening',
      'guests#2 ready',
    ]);
  });

  test('starts PostgreSQL again that was killed; services reconnect and no row is lost', async () => {
    const rows = `${await urlOf('rooms')}/rows`;
    const { count } = (await (await fetch(rows, { method: 'POST' })).json()) as { count: number };
    const server = (await driver.observe()).components.find(({ name }) => name === 'postgres');
    kill(server?.pid ?? 0, 'SIGKILL');
    expect(
      await until(
        async () =>
          (await fetch(rows)).status === 200 &&
          (await driver.observe()).components.some(
            ({ name, state, pid }) => name === 'postgres' && state === 'ready' && pid !== server?.pid,
          ),
        patient,
      ),
    ).toBe(true);
    expect(await (await fetch(rows)).json()).toEqual({ count });
    expect(await messages(['supervisor'])).toEqual(
      expect.arrayContaining(['PostgreSQL was killed by SIGKILL and is started again', 'PostgreSQL started']),
    );
  });

  test('goes on serving when its supervisor is killed; the next command adopts what runs', async () => {
    const before = await pids();
    const front = await urlOf('front');
    expect(
      await until(
        async () => (await driver.observe()).instances.every(({ state }) => state === 'ready'),
        patient,
      ),
    ).toBe(true);
    const [outside, inside] = [loadUrl(front), loadRegistry(dir.registry, 'guests')];
    const supervisor = await lockHolder(dir.run);
    kill(supervisor?.pid ?? 0, 'SIGKILL');
    expect(await until(async () => (await lockHolder(dir.run)) === undefined, patient)).toBe(true);
    const alone = await driver.observe();
    expect(alone).toMatchObject({ running: true, supervisor: 'gone' });
    expect((await fetch(front)).status).toBe(200);
    await project.up();
    expect(project.plan).toEqual([]);
    expect(await driver.observe()).toMatchObject({ running: true, supervisor: 'running' });
    expect(await pids()).toEqual(before);
    await Promise.all([outside.more(50), inside.more(50)]);
    await Promise.all([outside.stop(), inside.stop()]);
    expect([outside.failures, inside.failures]).toEqual([[], []]);
    // An adopted instance is no child: its end is seen by looking.
    kill(before['rooms#1'] ?? 0, 'SIGKILL');
    expect(
      await until(
        async () =>
          ![undefined, before['rooms#1']].includes((await pids())['rooms#1']) &&
          registry()['rooms']?.length === 1,
        patient,
      ),
    ).toBe(true);
  });

  test('says the root cause when a service does not start, keeps the rest, and goes on from there', async () => {
    const before = await pids();
    project.spec(`${SPEC}  broken: { port: ${broken} }\n  caller: { port: ${caller}, calls: [broken] }\n`);
    project.code('broken', { version: '1', crash: 'Error: the SMTP_URL is missing' });
    const failure = await project.up().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(
        /^broken#1 did not become ready: it exited with code 1.*\nlast lines it wrote:\n {2}Error: the SMTP_URL is missing[\s\S]*\nnot started because they need it: caller$/,
      ),
      next: expect.arrayContaining(['see the whole story: hometrip logs broken']),
    });
    expect(await pids()).toMatchObject(before);
    project.code('broken', { version: '2' });
    await project.up();
    expect(project.plan).toEqual([
      'start broken#1 because it failed',
      'start caller#1 because it is not running',
    ]);
    project.spec(SPEC);
    await project.up();
  });

  test('takes a stop of the command for a stop of what has not begun', async () => {
    project.code('guests', { version: '9' });
    const stop = new AbortController();
    const interrupted = project.up({
      signal: stop.signal,
      report: (event) => event.type === 'operation' && stop.abort(new Error('Ctrl-C')),
    });
    await expect(interrupted).rejects.toThrow();
    await project.up();
    await project.up();
    expect(project.plan).toEqual([]);
    expect(await answer('guests')).toMatchObject({ version: '9' });
  });

  test('leaves no process, socket or temporary file when it goes down, even when its supervisor was killed before', async () => {
    kill((await lockHolder(dir.run))?.pid ?? 0, 'SIGKILL');
    expect(await down(project, {}, silent)).toMatchObject({ wasRunning: true });
    expect(await findProcesses(stackId(dir.root))).toEqual([]);
    expect(existsSync(dir.run)).toBe(false);
    expect(existsSync(`${dir.postgres}/postmaster.pid`)).toBe(false);
    expect(await down(project, {}, silent)).toMatchObject({ wasRunning: false });
    expect(readFileSync(dir.data, 'utf8')).toContain('rooms');
  });

  test('keeps data over a stop, unless its removal was asked for', async () => {
    await project.up();
    expect(project.plan).toContain('start postgres because it is not running');
    expect(await (await fetch(`${await urlOf('rooms')}/rows`)).json()).toEqual({ count: 1 });
    expect(await down(project, { volumes: true }, silent)).toMatchObject({
      wasRunning: true,
      volumesRemoved: true,
    });
    expect([dir.postgres, dir.data, dir.secrets].filter((path) => existsSync(path))).toEqual([]);
  });
});
