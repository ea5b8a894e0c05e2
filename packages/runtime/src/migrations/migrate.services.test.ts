import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../testing/database.ts';
import { migrate, migrationStatus } from './index.ts';

let database: TestDatabase;
let folder: string;
beforeEach(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  await file(
    '0001_create_listing.sql',
    '-- up\ncreate table listing (id int);\n-- down\ndrop table listing;\n',
  );
  await file(
    '0002_add_title.sql',
    '-- up\nalter table listing add title text;\n-- down\nalter table listing drop title;\n',
  );
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const file = (name: string, content: string) => writeFile(join(folder, name), content);
const run = (to?: number) => migrate(database.url, folder, to === undefined ? {} : { to });
async function columns(): Promise<string[]> {
  const client = new pg.Client({ connectionString: database.url.href });
  await client.connect();
  const { rows } = await client.query(
    `select column_name from information_schema.columns where table_name = 'listing' order by 1`,
  );
  await client.end();
  return rows.map((row) => row.column_name);
}

it('applies what is pending, once, and says what it did', async () => {
  expect(await run()).toEqual(['0001_create_listing.sql', '0002_add_title.sql']);
  expect(await run()).toEqual([]);
  expect(await columns()).toEqual(['id', 'title']);
});

it('goes down to a version, and up again', async () => {
  await run();
  expect(await run(1)).toEqual(['0002_add_title.sql']);
  expect(await columns()).toEqual(['id']);
  expect(await run(0)).toEqual(['0001_create_listing.sql']);
  expect(await run()).toHaveLength(2);
});

it('lets replicas start together: one migrates, the others wait', async () => {
  const results = await Promise.all(Array.from({ length: 6 }, () => run()));
  expect(results.map((names) => names.length).sort()).toEqual([0, 0, 0, 0, 0, 2]);
});

it('tells what is applied and what is pending', async () => {
  await run(1);
  const status = await migrationStatus(database.url, folder);
  expect(
    status.map(({ name, appliedAt }) => `${name} ${appliedAt === undefined ? 'pending' : 'applied'}`),
  ).toEqual(['0001_create_listing.sql applied', '0002_add_title.sql pending']);
});

it('names file and line of a statement that fails, and leaves nothing of that file', async () => {
  await file(
    '0003_broken.sql',
    '-- up\nalter table listing add price int;\n\nalter table listing\n  add constraint x chek (price > 0);\n',
  );
  await expect(run()).rejects.toThrow('0003_broken.sql:5: syntax error at or near "chek"');
  expect(await columns()).toEqual(['id', 'title']);
});

it('refuses an edited file that is applied', async () => {
  await run();
  await file(
    '0001_create_listing.sql',
    '-- up\ncreate table listing (id bigint);\n-- down\ndrop table listing;\n',
  );
  await expect(run()).rejects.toThrow(
    /0001_create_listing.sql was edited after it had been applied .*numbered after 2/,
  );
});

it('refuses a new file with an old number', async () => {
  await run();
  await file('0003_c.sql', '-- up\nselect 1;');
  await run();
  await file('0002_b.sql', '-- up\nselect 1;');
  await expect(run()).rejects.toThrow('0002_add_title.sql and 0002_b.sql have the same number');
});

it('refuses to undo what has no way down', async () => {
  await file('0003_data.sql', '-- up\ninsert into listing values (1);\n');
  await run();
  await expect(run(0)).rejects.toThrow('0003_data.sql cannot be undone');
});

it('runs statements that refuse a transaction', async () => {
  await file(
    '0003_index.sql',
    '-- up\n-- no-transaction\ncreate index concurrently a on listing (id);\ncreate index concurrently b on listing (title);\n',
  );
  expect(await run()).toHaveLength(3);
});

it('lets replicas start together when a statement waits for all older ones, as concurrent indexes do', async () => {
  await file('0003_index.sql', '-- up\n-- no-transaction\ncreate index concurrently a on listing (id);\n');
  const results = await Promise.all(Array.from({ length: 6 }, () => run()));
  expect(results.map((names) => names.length).sort()).toEqual([0, 0, 0, 0, 0, 3]);
});
