/** What revoked tokens must come to, whatever carries the news: no instance that is connected accepts one after the announcement. */
import { randomUUID } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { closedVerifier } from '../verifier.ts';
import { createTestIssuer } from '../../testing/tokens.ts';
import { eventually } from '../../gateway/testing.ts';
import { gateway, SocketClient } from '../../gateway/sockets/testing.ts';
import { noContent } from '../../http/reply.ts';
import { route } from '../../http/route.ts';
import { openPubSub } from '../../pubsub/index.ts';
import { defineService } from '../../service/definition.ts';
import { type RunningService, start } from '../../service/start.ts';
import { portOptions } from '../../testing/port-options.ts';
import { testIssuer, type TestUser } from '../../testing/tokens.ts';
import { createVerifier } from '../verifier.ts';
import { systemClock } from '../../clock.ts';
import type { Revocation } from './index.ts';
import { KEEP, REVOCATIONS } from './topics.ts';

const service = (name: string) =>
  defineService({
    name,
    version: '1.0.0',
    routes: () => [route.post('/things', { responses: { 204: null }, handler: () => noContent() })],
  });
const things = service('thing-service');
const others = service('other-service');

const inAnHour = () => Date.now() + 3_600_000;

export interface RevocationServer {
  /** Every test gets topics of its own. */
  readonly url: () => URL;
  /** Of an event bus, for the gateway of the sockets. */
  readonly events: () => URL;
  /** A way that can be cut; without it, nothing is. */
  readonly line?: () => { readonly url: URL; close(): Promise<void>; open(): Promise<void> };
}

/** @param server Where pub/sub is. */
export function testRevocations(name: string, { url, events, line }: RevocationServer): void {
  const running: RunningService[] = [];
  const run = async (definition: typeof things, number: number, pubsub = url()): Promise<RunningService> => {
    const env = {
      PUBSUB_URL: pubsub.href,
      EVENTS_URL: events().href,
      INSTANCE_ID: `${definition.name}#${number}`,
    };
    const verifier = createVerifier({ ...(await testIssuer()), clock: systemClock });
    const one = await start(definition as never, {
      env,
      verifier,
      log: portOptions().log,
      processMetrics: false,
    });
    running.push(one);
    return one;
  };
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()));
  });
  const bearer = async (user: TestUser) => ({
    authorization: `Bearer ${await (await testIssuer()).tokenFor(user)}`,
  });
  const write = async (instance: RunningService, headers: Record<string, string>): Promise<number> =>
    (await fetch(`${instance.url}/api/v1/things`, { method: 'POST', headers })).status;
  const writes = (instances: readonly RunningService[], headers: Record<string, string>) =>
    Promise.all(instances.map((one) => write(one, headers)));
  const announce = (instance: RunningService, revocation: Omit<Revocation, 'until'>) =>
    instance.platform.revocations.announcer(() => undefined).announce([{ ...revocation, until: inAnHour() }]);
  const readiness = async ({ url }: RunningService) => {
    const response = await fetch(`${url}/health/ready`);
    return { ...((await response.json()) as { checks: Record<string, string> }), status: response.status };
  };

  it(`${name}: two replicas of two services refuse the tokens of a user from the announcement on, and no others`, async () => {
    const instances = [
      await run(things, 1),
      await run(things, 2),
      await run(others, 1),
      await run(others, 2),
    ];
    const [user, bystander] = [await bearer({ id: randomUUID() }), await bearer({ id: randomUUID() })];
    const id = (JSON.parse(atob(user.authorization.split('.')[1] as string)) as { sub: string }).sub;
    expect(await writes(instances, user)).toEqual([204, 204, 204, 204]);
    await announce(instances[0] as RunningService, { user: id });
    expect(await writes(instances, user)).toEqual([401, 401, 401, 401]);
    expect(await writes(instances, bystander)).toEqual([204, 204, 204, 204]);
  });

  it(`${name}: a session, and generations of an account, end without the others`, async () => {
    const instances = [await run(things, 1), await run(others, 1)];
    const id = randomUUID();
    const [phone, laptop] = [
      await bearer({ id, sessionId: 'phone' }),
      await bearer({ id, sessionId: 'laptop' }),
    ];
    await announce(instances[0] as RunningService, { user: id, session: 'phone' });
    expect([await writes(instances, phone), await writes(instances, laptop)]).toEqual([
      [401, 401],
      [204, 204],
    ]);
    await announce(instances[0] as RunningService, { user: id, before: 2 });
    const renewed = await bearer({ id, sessionId: 'laptop', generation: 2 });
    expect([await writes(instances, laptop), await writes(instances, renewed)]).toEqual([
      [401, 401],
      [204, 204],
    ]);
  });

  it(`${name}: sockets are closed with 4410, and cannot be opened again with the same token`, async () => {
    const replicas = [await run(gateway as never, 1), await run(gateway as never, 2)];
    const id = randomUUID();
    const { authorization } = await bearer({ id });
    const connect = ({ url: at }: RunningService) =>
      new SocketClient(`${at.replace('http', 'ws')}/ws`, ['hometrip.v1'], { authorization });
    const clients = replicas.map(connect);
    await Promise.all(clients.map((client) => client.until('ready')));
    await announce(replicas[0] as RunningService, { user: id });
    for (const client of clients) await eventually(() => client.closed === 4410);
    const refused = connect(replicas[1] as RunningService);
    await eventually(() => refused.closed !== undefined);
    expect([refused.closed, refused.messages]).toEqual([1006, []]);
  });

  it(`${name}: a new instance knows what was revoked before it was there`, async () => {
    const first = await run(things, 1);
    const id = randomUUID();
    const user = await bearer({ id });
    await announce(first, { user: id });
    const second = await run(others, 1);
    expect([(await readiness(second)).status, await write(second, user)]).toEqual([200, 401]);
  });

  it(`${name}: a killed instance holds an announcement up once, for two seconds at most`, async () => {
    const first = await run(things, 1);
    const pubsub = await openPubSub(url(), portOptions());
    const announcer = first.platform.revocations.announcer(() => undefined);
    await announcer.announce([{ user: randomUUID(), until: inAnHour() }]);
    // It said that it is there, and will say nothing more.
    await pubsub.publish(`${REVOCATIONS}.heard`, { instance: 'thing-service#9', position: '1' });
    const id = randomUUID();
    await announcer.announce([{ user: id, until: inAnHour() }]);
    expect(await write(first, await bearer({ id }))).toBe(401);
    await pubsub.close();
  });

  it(`${name}: what is malformed, or over, is left out`, async () => {
    const first = await run(things, 1);
    const id = randomUUID();
    const pubsub = await openPubSub(url(), portOptions());
    await pubsub.append(REVOCATIONS, { user: 42 }, KEEP);
    await pubsub.append(REVOCATIONS, 'all of them', KEEP);
    await pubsub.append(REVOCATIONS, { user: id, until: Date.now() - 1 }, KEEP);
    await announce(first, { user: randomUUID() });
    expect(await write(first, await bearer({ id }))).toBe(204);
    await pubsub.close();
  });

  it(`${name}: tokens of nobody we know stay refused`, async () => {
    const first = await run(things, 1);
    const stranger = await (await createTestIssuer()).tokenFor({});
    expect(await write(first, { authorization: `Bearer ${stranger}` })).toBe(401);
    await expect(closedVerifier.verify(stranger)).rejects.toThrow();
  });

  if (line === undefined) return;

  it(`${name}: who is cut off goes on, says so, and knows all of it when it is back`, async () => {
    const cuttable = line();
    const first = await run(things, 1);
    const second = await run(others, 1, cuttable.url);
    const id = randomUUID();
    const user = await bearer({ id });
    await cuttable.close();
    await eventually(
      async () =>
        'revoked-tokens' in (await readiness(second)).checks &&
        (await readiness(second)).checks['revoked-tokens'] !== 'ok',
    );
    expect([(await readiness(second)).status, await write(second, user)]).toEqual([200, 204]);
    await announce(first, { user: id });
    expect([await write(first, user), await write(second, user)]).toEqual([401, 204]);
    await cuttable.open();
    await eventually(async () => (await write(second, user)) === 401);
    await eventually(async () => (await readiness(second)).checks['revoked-tokens'] === 'ok');
  });

  it(`${name}: an instance that cannot read what is revoked is not ready, and accepts no token`, async () => {
    const cuttable = line();
    await cuttable.close();
    const first = await run(things, 1, cuttable.url);
    const user = await bearer({ id: randomUUID() });
    expect([(await readiness(first)).status, await write(first, user)]).toEqual([503, 503]);
    await cuttable.open();
    await eventually(async () => (await readiness(first)).status === 200);
    expect(await write(first, user)).toBe(204);
  });
}
