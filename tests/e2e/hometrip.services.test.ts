/** The whole line, as a user walks it: services.yaml → a running stack → requests through the gateway → changes → down. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockHolder } from '../../packages/cli/src/drivers/embedded/lock.ts';
import { findProcesses, stackId } from '../../packages/cli/src/drivers/embedded/processes.ts';
import { stateDir } from '../../packages/cli/src/platform/state-dir.ts';
import { registerAt, testThroughTheGateway } from './gateway-suite.ts';
import { client, createProject, load, until } from './hometrip.ts';
import { testSockets } from './socket-suite.ts';

interface Instance {
  readonly service: string;
  readonly replica: number;
  readonly state: string;
  readonly pid: number;
  readonly port: number;
  readonly restarts: number;
}
interface UpResult {
  readonly urls: readonly { service: string; url: string }[];
  readonly instances: readonly Instance[];
  readonly operations: readonly { kind: string; target: string; cause: string }[];
}
interface Status {
  readonly supervisor: string;
  readonly instances: readonly Instance[];
  readonly components: readonly { name: string; state: string; pid?: number }[];
}

const project = createProject();
const status = async (): Promise<Status> => JSON.parse((await project.hometrip('status', '--json')).stdout);
let first: UpResult;
let gateway = '';
const api = (token?: string) => client(`${gateway}/api/v1`, token);

const register = (displayName: string) => registerAt(gateway, displayName);

beforeAll(async () => {
  first = await project.result<UpResult>('up');
  gateway = first.urls.find(({ service }) => service === 'api-gateway')?.url ?? '';
}, 180_000);
afterAll(() => project[Symbol.asyncDispose](), 60_000);

describe('up', () => {
  it('brings all twelve services to ready, with the replicas of services.yaml', () => {
    const ready = Map.groupBy(
      first.instances.filter(({ state }) => state === 'ready'),
      ({ service }) => service,
    );
    expect(Object.fromEntries([...ready].map(([service, instances]) => [service, instances.length]))).toEqual(
      {
        'api-gateway': 3,
        'websocket-gateway': 2,
        'auth-service': 2,
        'user-service': 1,
        'listing-service': 2,
        'booking-service': 3,
        'payment-service': 2,
        'message-service': 2,
        'review-service': 1,
        'analytics-service': 1,
        'notification-service': 1,
        'search-service': 2,
      },
    );
  });

  it('has nothing to do the second time', async () => {
    expect((await project.result<UpResult>('up')).operations).toEqual([]);
  });

  it('prints a table for people', async () => {
    const { stdout } = await project.hometrip('up');
    expect(stdout).toMatch(/^SERVICE +STATE +REPLICAS +URL/);
    expect(stdout).toContain(`docs    ${gateway}/docs`);
  });
});

testThroughTheGateway(() => gateway);
testSockets(
  () => gateway,
  () => first.urls.find(({ service }) => service === 'websocket-gateway')?.url ?? '',
);

describe('under load', () => {
  const booking = () => first.urls.find(({ service }) => service === 'booking-service')?.url ?? '';
  const ready = async () =>
    (await status()).instances.filter(
      ({ service, state }) => service === 'booking-service' && state === 'ready',
    ).length;

  it('scaling down, up and a rolling restart drop no request', async () => {
    const { token } = await register('Busy');
    // Few enough callers to stay below the rate limit of a single user would hide nothing: each answer is counted.
    const traffic = load(`${gateway}/api/v1/bookings`, { authorization: `Bearer ${token}` }, 2);
    await until('traffic flows', () => (traffic.answered > 20 ? true : undefined));
    await project.result('scale', 'booking-service=1');
    expect(await ready()).toBe(1);
    await project.result('scale', 'booking-service=3');
    expect(await ready()).toBe(3);
    await project.result('restart', 'booking-service');
    const before = traffic.answered;
    await until('traffic goes on', () => (traffic.answered > before + 20 ? true : undefined));
    const { failures } = await traffic.stop();
    expect(failures.filter((failure) => failure !== '429')).toEqual([]);
  }, 120_000);

  it('requests are spread over the replicas', async () => {
    const { token } = await register('Spread');
    for (let request = 0; request < 30; request++) await api(token).get('/bookings');
    const { instances } = await status();
    const counts = await Promise.all(
      instances
        .filter(({ service }) => service === 'booking-service')
        .map(async ({ port }) => {
          const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
          return Number(
            /http_requests_total\{[^}]*route="\/api\/v1\/bookings"[^}]*\} (\d+)/.exec(text)?.[1] ?? 0,
          );
        }),
    );
    expect(counts).toHaveLength(3);
    expect(Math.min(...counts), counts.join(', ')).toBeGreaterThan(0);
    expect(booking()).toMatch(/^http:/);
  });
});

describe('after kill -9', () => {
  const kill = (pid: number | undefined) => process.kill(pid ?? 0, 'SIGKILL');

  it('of an instance: another one takes its place', async () => {
    const victim = (await status()).instances.find(({ service }) => service === 'user-service');
    kill(victim?.pid);
    await until('user-service is ready again', async () => {
      const now = (await status()).instances.find(({ service }) => service === 'user-service');
      return now?.state === 'ready' && now.pid !== victim?.pid ? true : undefined;
    });
    expect((await api().get('/profiles')).status).toBe(200);
  });

  it('of PostgreSQL: it comes back, and no acknowledged row is lost', async () => {
    const { token, id } = await register('Durable');
    const created = await api(token).post('/preferences', { locale: 'de' });
    expect(created.status).toBe(201);
    kill((await status()).components.find(({ name }) => name === 'postgres')?.pid);
    const read = await until('the row is read again', async () => {
      const answer = await api(token).get(`/preferences/${created.body.id}`);
      return answer.status === 200 ? answer.body : undefined;
    });
    expect(read).toMatchObject({ owner: id, locale: 'de' });
  });

  it('of the supervisor: everything goes on, and up takes over without a restart', async () => {
    // Everybody is over the loss of PostgreSQL.
    await until('all are ready', async () =>
      (await status()).instances.every(({ state }) => state === 'ready') ? true : undefined,
    );
    const before = (await status()).instances.map(({ pid }) => pid).sort();
    kill((await lockHolder(stateDir(project.root).run))?.pid);
    expect((await api().get('/profiles')).status).toBe(200);
    const { operations, instances } = await project.result<UpResult>('up');
    expect(operations).toEqual([]);
    expect(instances.map(({ pid }) => pid).sort()).toEqual(before);
    expect((await status()).supervisor).toBe('running');
  });
});

describe('a new service in six lines', () => {
  it('runs after up, with its tests, and nothing else was restarted', async () => {
    const before = new Map(
      (await status()).instances.map(({ service, replica, pid }) => [`${service}#${replica}`, pid]),
    );
    project.edit(
      'services.yaml',
      '\nenvironments:',
      `
  wishlist-service:
    port: 4011
    database: postgres
    entities:
      wishlist: { title: string(120), listingIds: "uuid[]", owner: user }

environments:`,
    );
    const { operations } = await project.result<UpResult>('up');
    expect(operations.map(({ kind, target, cause }) => `${kind} ${target} ${cause}`)).toEqual([
      'create database wishlist because it is new',
      'migrate wishlist-service because it is new',
      'start wishlist-service#1 because it is new',
    ]);
    for (const { service, replica, pid } of (await status()).instances) {
      if (service !== 'wishlist-service')
        expect(pid, `${service}#${replica}`).toBe(before.get(`${service}#${replica}`));
    }
    const { token } = await register('Wisher');
    const created = await until('the gateway knows the path', async () => {
      const answer = await api(token).post('/wishlists', {
        title: 'Summer',
        listingIds: [crypto.randomUUID()],
      });
      return answer.status === 404 ? undefined : answer;
    });
    expect(created.status, JSON.stringify(created.body)).toBe(201);
    expect(project.read('generated/services/wishlist-service/tests/wishlist.services.test.ts')).toContain(
      'testCrud(service, {',
    );
  });

  it('keeps an edited handler when its entity gains a field, and migrates', async () => {
    const routes = 'generated/services/wishlist-service/src/wishlist/routes.ts';
    project.edit(
      routes,
      'return ok(wishlist);',
      'return ok({ ...wishlist, title: `My ${wishlist.title}` });',
    );
    project.edit(
      'services.yaml',
      'wishlist: { title: string(120)',
      'wishlist: { note: text?, title: string(120)',
    );
    const { operations } = await project.result<UpResult>('up');
    expect(operations.map(({ kind, target }) => `${kind} ${target}`)).toEqual([
      'migrate wishlist-service',
      'replace wishlist-service#1',
    ]);
    expect(project.read(routes)).toContain('return ok({ ...wishlist, title: `My ${wishlist.title}` });');
    expect(
      project.read('generated/services/wishlist-service/migrations/0002_add_note_to_wishlist.sql'),
    ).toContain('add column note text');
    const { token } = await register('Dreamer');
    const created = await api(token).post('/wishlists', { title: 'Winter', listingIds: [], note: 'snow' });
    expect(created.body).toMatchObject({ title: 'Winter', note: 'snow' });
    const read = await api(token).get(`/wishlists/${created.body.id}`);
    expect(read.body).toMatchObject({ title: 'My Winter', note: 'snow' });
  });
});

describe('a conflict between an edit and services.yaml', () => {
  it('is named by up, which still brings up the rest, and is settled by deleting the marked file', async () => {
    const schema = 'generated/services/wishlist-service/src/wishlist/schema.ts';
    project.edit(schema, 'field.text(120)', 'field.text(99)');
    project.edit('services.yaml', 'title: string(120), listingIds', 'title: string(150), listingIds');
    const { exitCode, stdout, stderr } = await project.hometrip('up');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('1 generated files wait for you:');
    expect(stderr).toContain('! services/wishlist-service/src/wishlist/schema.ts');
    expect(stdout).toContain('hometrip is up');
    project.remove(`${schema}.hometrip-conflict`);
    expect((await project.hometrip('up')).exitCode).toBe(0);
    expect(project.read(schema)).toContain('field.text(99)');
  });
});

describe('logs', () => {
  it('are merged, filtered and structured', async () => {
    const { stdout } = await project.hometrip(
      'logs',
      'auth-service',
      'user-service',
      '--level',
      'info',
      '--grep',
      'listening',
      '--json',
    );
    const lines = stdout
      .split('\n')
      .map((line) => JSON.parse(line) as { service: string; message: string; time: string });
    expect(new Set(lines.map(({ service }) => service))).toEqual(new Set(['auth-service', 'user-service']));
    expect(lines.map(({ time }) => time)).toEqual(lines.map(({ time }) => time).sort());
    expect(new Set(lines.map(({ message }) => message))).toEqual(new Set(['listening']));
  });
});

describe('exec', () => {
  it("runs a command with an instance's environment", async () => {
    const { stdout } = await project.hometrip(
      'exec',
      'booking-service#2',
      '--',
      'node',
      '-p',
      'process.env.INSTANCE_ID',
    );
    expect(stdout).toBe('booking-service#2');
  });
});

describe('two projects', () => {
  it('run side by side', async () => {
    const taken = (await status()).instances.find(({ service }) => service === 'listing-service')?.port ?? 0;
    await using other = createProject(`name: other
version: 1
components: { postgres: {} }
services:
  note-service: { port: ${taken}, database: postgres, entities: { note: { $access: { read: public }, text: text } } }
`);
    const { urls } = await other.result<UpResult>('up');
    const url = urls[0]?.url ?? '';
    expect(url).toMatch(/^http:/);
    expect(url).not.toContain(`:${taken}`);
    expect((await client(url).get('/api/v1/notes')).body).toEqual({ items: [], nextCursor: null });
  }, 60_000);
});

describe('down', () => {
  it('leaves no process behind and keeps the data', async () => {
    const { token } = await register('Keeper');
    await api(token).post('/preferences', { locale: 'fr' });
    expect((await project.hometrip('down')).exitCode).toBe(0);
    expect(await findProcesses(stackId(stateDir(project.root).root))).toEqual([]);
    const { urls } = await project.result<UpResult>('up', 'user-service');
    const users = client(`${urls.find(({ service }) => service === 'user-service')?.url}/api/v1`, token);
    expect((await users.get('/preferences')).body.items).toMatchObject([{ locale: 'fr' }]);
  }, 90_000);
});
