/** Accounts on a running stack that is not HomeTrip: the first admin, and what a suspension comes to, everywhere and at once. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SocketClient } from '../../packages/runtime/src/gateway/sockets/testing.ts';
import { client, createProject, until } from './hometrip.ts';

const project = createProject(`name: bakery
version: 1
components: { postgres: {}, redis: {}, rabbitmq: {} }
events:
  user.registered: { userId: uuid, email: email, displayName: string(80) }
  user.erased: { userId: uuid }
gateways:
  front: { blueprint: api-gateway, port: 3101, public: true }
  push: { blueprint: websocket-gateway, port: 3102, public: true, replicas: 2, subscribes: [user.registered] }
services:
  people: { blueprint: auth, port: 4101, replicas: 2, database: postgres, publishes: [user.registered, user.erased] }
  bread: { port: 4102, replicas: 2, database: postgres, entities: { bun: { owner: user, name: string(40) } } }
  cakes: { port: 4103, replicas: 2, database: postgres, entities: { cake: { owner: user, name: string(40) } } }
`);
interface Instance {
  readonly service: string;
  readonly replica: number;
  readonly pid: number;
  readonly port: number;
  readonly state: string;
}
let urls: Record<string, string>;
beforeAll(async () => {
  const up = await project.result<{ urls: { service: string; url: string }[] }>('up');
  urls = Object.fromEntries(up.urls.map(({ service, url }) => [service, url]));
}, 120_000);
afterAll(() => project[Symbol.asyncDispose](), 60_000);

const api = (token?: string) => client(`${urls['front']}/api/v1`, token);
const password = 'correct horse battery';
const register = async (email: string) =>
  (await api().post('/auth/register', { email, password, displayName: 'Ada' })).body;
const instances = async (): Promise<readonly Instance[]> =>
  JSON.parse((await project.hometrip('status', '--json')).stdout).instances;
/** To each replica of both services, past the gateway, and through it. */
const writes = async (token: string): Promise<number[]> => {
  const targets = (await instances()).filter(
    ({ service, state }) => state === 'ready' && (service === 'bread' || service === 'cakes'),
  );
  const answers = await Promise.all([
    ...targets.map(({ service, port }) =>
      client(`http://127.0.0.1:${port}/api/v1`, token).post(service === 'bread' ? '/buns' : '/cakes', {
        name: 'x',
      }),
    ),
    api(token).post('/buns', { name: 'x' }),
    api(token).post('/cakes', { name: 'x' }),
  ]);
  return answers.map(({ status }) => status);
};

it('a suspension holds on every instance of every service from its answer on, for sockets too, while an instance is killed', async () => {
  const registered = await register('root@example.com');
  const refused = await project.hometrip('admin', 'grant', 'nobody@example.com');
  expect([refused.exitCode, refused.stderr]).toEqual([
    1,
    expect.stringContaining('there is no account with'),
  ]);
  const granted = await project.hometrip('admin', 'grant', 'root@example.com');
  expect([granted.exitCode, granted.stdout]).toEqual([
    0,
    expect.stringContaining('root@example.com is an admin now'),
  ]);
  const admin = (await api().post('/auth/refresh', { refreshToken: registered.refreshToken })).body;
  expect(admin.account.roles).toEqual(['member', 'admin']);
  expect(JSON.parse((await project.hometrip('admin', 'list', '--json')).stdout).admins).toMatchObject([
    { email: 'root@example.com', roles: ['member', 'admin'] },
  ]);
  expect((await project.hometrip('logs', 'people')).stdout).toContain('audit=account-changed');

  const eve = await register('eve@example.com');
  const connect = () =>
    new SocketClient(
      `${urls['push']?.replace('http', 'ws')}/ws`,
      ['hometrip.v1', `bearer.${eve.accessToken}`],
      {},
    );
  const sockets = [connect(), connect(), connect(), connect()];
  await Promise.all(sockets.map((socket) => socket.until('ready')));
  expect([...new Set(await writes(eve.accessToken))]).toEqual([201]);

  const [victim] = (await instances()).filter(({ service }) => service === 'cakes');
  process.kill(victim?.pid ?? 0, 'SIGKILL');
  const suspended = await api(admin.accessToken).put(`/auth/accounts/${eve.account.id}/suspension`);
  expect([suspended.status, suspended.body.suspended]).toEqual([200, true]);
  expect([...new Set(await writes(eve.accessToken))]).toEqual([401]);
  await until('sockets are closed', () => sockets.every(({ closed }) => closed === 4410) || undefined);
  const again = connect();
  await until('the socket is refused', () => again.closed);
  expect([again.closed, again.messages]).toEqual([1006, []]);

  // The one that comes back in the place of the killed one knows it too.
  const isBack = async () =>
    (await instances()).find(
      ({ service, replica, state, pid }) =>
        service === 'cakes' && replica === victim?.replica && state === 'ready' && pid !== victim.pid,
    );
  await until('the killed instance is back', isBack);
  const answers = await writes(eve.accessToken);
  expect([answers.length, [...new Set(answers)]]).toEqual([6, [401]]);
}, 60_000);

it('a task that a service does not have is answered with what there is', async () => {
  const { exitCode, stderr } = await project.hometrip('exec', 'bread', '--task', 'admin');
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('bread has no task "admin"')]);
});
