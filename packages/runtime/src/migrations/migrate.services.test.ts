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

/** 1 to 7, with two doubles, an odd price and a missing parent. */
const stocked = `
create table shop (id int primary key);
create table item (id int primary key, ref text, kind text, price int, code varchar(20), shop int);
insert into shop values (1);
insert into item values (1, 'x', 'a', 1, '10', 1), (2, 'x', 'c', 5, '11', 1), (3, 'y', 'c', 50, 'odd', 9), (4, 'y', 'c', 2, '12', 1),
  (5, null, 'c', null, '13', 1), (6, null, 'c', 3, '14', 1), (7, 'z', 'c', 4, '15', 1);`;

it.each([
  [
    'a unique index over doubles',
    'create unique index item_ref_key on item (ref);',
    `could not create unique index "item_ref_key"
  create unique index item_ref_key on item (ref)
  Key (ref)=(x) is duplicated.
  4 rows of item are in the way:
    id 1: ref = x
    id 2: ref = x
    id 3: ref = y
    id 4: ref = y`,
    "update item set ref = … where id = '2';",
  ],
  [
    'a narrower list of values',
    "alter table item add constraint item_kind_check check (kind in ('a', 'b'));",
    `check constraint "item_kind_check" of relation "item" is violated by some row
  alter table item add constraint item_kind_check check (kind in ('a', 'b'))
  6 rows of item are in the way:
    id 2: kind = c
    id 3: kind = c
    id 4: kind = c
    id 5: kind = c
    id 6: kind = c
    and 1 more`,
    "update item set kind = 'a' where not (kind in ('a', 'b'));",
  ],
  [
    'a narrower range',
    'alter table item add constraint item_price_check check (price between 2 and 10);',
    `check constraint "item_price_check" of relation "item" is violated by some row
  alter table item add constraint item_price_check check (price between 2 and 10)
  2 rows of item are in the way:
    id 1: price = 1
    id 3: price = 50`,
    'update item set price = greatest(2, least(10, price)) where not (price between 2 and 10);',
  ],
  [
    'a required column',
    'alter table item alter column price set not null;',
    `column "price" of relation "item" contains null values
  alter table item alter column price set not null
  1 row of item is in the way:
    id 5`,
    'update item set price = … where price is null;',
  ],
  [
    'a reference to what is not there',
    'alter table item add constraint item_shop_fkey foreign key (shop) references shop (id);',
    `insert or update on table "item" violates foreign key constraint "item_shop_fkey"
  alter table item add constraint item_shop_fkey foreign key (shop) references shop (id)
  Key (shop)=(9) is not present in table "shop".
  1 row of item is in the way:
    id 3: shop = 9`,
    "delete from item where id = '3';",
  ],
  [
    'another type',
    'alter table item alter column code type integer using code::integer;',
    `invalid input syntax for type integer: "odd"
  alter table item alter column code type integer using code::integer
  1 row of item is in the way:
    id 3: code = odd`,
    "update item set code = … where id = '3';",
  ],
])(
  'names the rows that are in the way of %s, and takes all of the file back',
  async (_, statement, message, example) => {
    await file('0003_stock.sql', `-- up\n${stocked}`);
    await run();
    await file('0004_narrow.sql', `-- up\nalter table listing add price int;\n${statement}\n`);
    await expect(run()).rejects.toMatchObject({
      message: `0004_narrow.sql:3: ${message}`,
      failed: { file: '0004_narrow.sql', line: 3, rows: { table: 'item', example } },
    });
    expect(await columns()).toEqual(['id', 'title']);
    // Corrected in the migration itself, it goes on.
    const correction = example.replaceAll('…', "'0'");
    const also = statement.includes('unique') ? "update item set ref = '1' where id = 4;" : '';
    await file('0004_narrow.sql', `-- up\n${correction}\n${also}\n${statement}\n`);
    expect(await run()).toEqual(['0004_narrow.sql']);
  },
);

it('asks about names that need quotes too', async () => {
  await file(
    '0003_order.sql',
    '-- up\ncreate table "order" (id int, "from" text);\ninsert into "order" values (1, null);\n',
  );
  await run();
  await file('0004_from.sql', '-- up\nalter table "order" alter column "from" set not null;\n');
  await expect(run()).rejects.toThrow('1 row of "order" is in the way:\n    id 1');
  await file(
    '0004_from.sql',
    `-- up\nalter table "order" add constraint "order_from" check ("from" is not null and "from" <> '');\n`,
  );
  await expect(run()).rejects.toThrow('1 row of "order" is in the way:\n    id 1: "from" = null');
});

it('names the rows for a statement outside of a transaction too', async () => {
  await file('0003_stock.sql', `-- up\n${stocked}`);
  await run();
  await file(
    '0004_unique.sql',
    '-- up\n-- no-transaction\ncreate unique index item_ref_key on item (ref);\n',
  );
  await expect(run()).rejects.toThrow('4 rows of item are in the way:\n    id 1: ref = x');
});
