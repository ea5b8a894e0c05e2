import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import {
  startPostgres,
  type RunningPostgres,
} from '../../../../packages/cli/src/drivers/embedded/postgres/index.ts';
import { type Cuttable, cuttable } from '../../../../tests/servers/cuttable.ts';
import { type Database, openDatabase } from '../database/index.ts';
import { portOptions } from '../testing/port-options.ts';
import { testDatabase, type TestDatabase } from '../testing/database.ts';
import { testPubSub } from './conformance.ts';
import { testInterruptions } from './testing/interruptions.ts';
import { follow, testKeptTopics } from './kept-conformance.ts';
import { openPubSub } from './index.ts';
import { PostgresLog } from './postgres-log.ts';

let server: TestDatabase;
beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.drop());

testPubSub('PostgreSQL', () => server.url);
testKeptTopics('PostgreSQL', () => server.url);

it('goes on after its connections were killed', async () => {
  const pubsub = await openPubSub(server.url, portOptions('victim'));
  const heard: unknown[] = [];
  await pubsub.subscribe('topic', (message) => heard.push(message));
  const admin = await openDatabase(server.url, portOptions('admin'));
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'victim%'`.execute(
    admin.db,
  );
  const deliver = async () => {
    await pubsub.publish('topic', 'again').catch(() => undefined);
    return heard.length > 0;
  };
  await expect.poll(deliver, { timeout: 10_000 }).toBe(true);
  await pubsub.close();
  await admin.close();
});

it('forgets a topic some time after the last message', async () => {
  const { db, close } = await openDatabase(server.url, portOptions());
  const log = new PostgresLog(db);
  const positionOf = (topic: string) => log.append(topic, '"kept"', { count: 10, seconds: 600 });
  const [old, young] = [await positionOf('old'), await positionOf('young')];
  const last = () => log.append('old', '"last"', { count: 10, seconds: -61 }, 'last');
  const position = await last();
  await log.expire();
  expect(await log.read('old', old, 10)).toBeUndefined();
  expect(await last()).toBe(position);
  expect(await log.read('young', young, 10)).toEqual([]);
  await log.renew([{ topic: 'young', keep: { count: 10, seconds: -61 } }]);
  await log.expire();
  expect(await log.read('young', young, 10)).toBeUndefined();
  await close();
});

describe('with a server of its own', () => {
  let folder: string;
  let own: RunningPostgres;
  let line: Cuttable;
  let admin: Database;
  const start = () =>
    startPostgres({ dataDir: join(folder, 'data'), log: join(folder, 'log'), superuserPassword: 'test' });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hometrip-pubsub-'));
    await chmod(folder, 0o755);
    own = await start();
    line = await cuttable(new URL(own.url()));
    admin = await openDatabase(new URL(own.url()), portOptions('admin'));
  });
  afterAll(async () => {
    await admin.close();
    await line[Symbol.asyncDispose]();
    await own.stop('immediate');
    await rm(folder, { recursive: true, force: true });
  });

  it('notices that its line is silent because nobody is there any more', async () => {
    const pubsub = await openPubSub(new URL(own.url()), portOptions('frozen'));
    const { heard } = await follow(pubsub, 'topic');
    const { rows } = await sql<{
      pid: number;
    }>`select pid from pg_stat_activity where application_name = 'frozen listener'`.execute(admin.db);
    const pid = rows[0]?.pid as number;
    process.kill(pid, 'SIGSTOP');
    try {
      await pubsub.append('topic', 'heard all the same', { count: 10, seconds: 60 });
      await expect.poll(() => heard, { timeout: 30_000 }).toEqual(['heard all the same']);
    } finally {
      process.kill(pid, 'SIGCONT');
      await pubsub.close();
    }
  });

  testInterruptions(
    'PostgreSQL',
    () => line.url,
    [
      {
        name: 'its server is stopped',
        times: 1,
        happen: async () => {
          await own.stop('fast');
          own = await start();
        },
      },
      {
        name: 'its server is killed',
        times: 2,
        happen: async () => {
          process.kill(own.pid, 'SIGKILL');
          await own.exited;
          own = await start();
        },
      },
      { name: 'all connections are cut', times: 5, happen: async () => line.cut() },
      {
        name: 'only listeners are cut off',
        times: 5,
        happen: () =>
          sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name like '% listener'`.execute(
            admin.db,
          ),
      },
    ],
    400,
  );
});
