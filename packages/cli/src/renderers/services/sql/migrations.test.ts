import { describe, expect, it } from 'vitest';
import { renderServices } from '../index.ts';
import { memoryOutput, stackOf } from '../stack.fixture.ts';

const folder = 'services/shop-service/migrations';
const stack = (entities: string) =>
  stackOf(`
name: shop
version: 1
components: { postgres: {} }
services:
  shop-service: { port: 4100, database: postgres, entities: ${entities} }
`);
const first = '{ album: { owner: user, title: string(40) } }';

/** An output folder in which the first version has been generated. */
function started() {
  const output = memoryOutput();
  const generate = (entities: string, allowDestructive = false) =>
    output.write(renderServices(stack(entities), output.context(allowDestructive)));
  generate(first);
  return {
    ...output,
    generate,
    names: () => output.context().list(folder),
    text: (name: string) => output.files[`${folder}/${name}`],
  };
}

describe('migrations', () => {
  it('keep a default with line ends on one line, so that no line of it reads as ours', () => {
    const { generate, text } = started();
    generate(
      '{ album: { owner: user, title: string(40), notes: { type: text, default: "it\'s\\n-- down\\nC:\\\\x" } } }',
    );
    expect(text('0002_add_notes_to_album.sql')).toContain(
      "add column notes text not null default E'it''s\\n-- down\\nC:\\\\x';",
    );
  });

  it('create a table with its checks and indexes, and drop it again', () => {
    const { text } = started();
    expect(text('0001_create_album.sql')).toBe(`-- up
create table album (
  id uuid primary key,
  owner uuid not null,
  title varchar(40) not null,
  revision integer not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index album__created_at__id__index on album (created_at, id);
create index album__owner__created_at__id__index on album (owner, created_at, id);

-- down
drop table album;
`);
  });

  it('are as they were when nothing has changed, also when somebody has added to one', () => {
    const { generate, files, names } = started();
    files[`${folder}/0001_create_album.sql`] += '-- a note\n';
    const before = { ...files };
    generate(first);
    expect(files).toEqual(before);
    expect(names()).toEqual(['0001_create_album.sql', 'schema.json']);
  });

  it('hold a digest of what may be longer than a row of an index, alone or together, and give it to older tables too', () => {
    const { generate, text, files } = started();
    const long = `{ album: { $unique: [[owner, title, notes], [cover, label, title]], owner: user, title: string(40),
      notes: { type: text?, unique: true }, cover: string(400)?, label: string(300)? } }`;
    generate(long);
    const created = text('0002_change_album.sql') ?? '';
    for (const keys of ['md5(notes)', 'owner, md5(title), md5(notes)', 'md5(cover), md5(label), md5(title)'])
      expect(created).toMatch(
        new RegExp(
          `create unique index album_\\w+_md5_key on album \\(${keys.replaceAll(/[()]/g, '\\$&')}\\);`,
        ),
      );
    // As the snapshot was before there were digests.
    const snapshot = `${folder}/schema.json`;
    files[snapshot] = (files[snapshot] ?? '').replace(/"hashed": \[[^\]]*\],/, '');
    generate(long);
    const digested = Object.entries(files).find(([path]) => path.includes('/0003_'))?.[1] ?? '';
    expect(digested).toContain('drop index album__notes__key;');
    expect(digested).toContain('create unique index album__notes__md5_key on album (md5(notes));');
  });

  it('tell what rows from before get when a required field comes', () => {
    const { generate, text } = started();
    generate('{ album: { owner: user, title: string(40), subtitle: string(80) } }');
    expect(text('0002_add_subtitle_to_album.sql')).toBe(`-- up
-- Rows from before get '-'; a default in services.yaml chooses another value.
alter table album add column subtitle varchar(80) not null default '-';
alter table album alter column subtitle drop default;

-- down
alter table album drop column subtitle;
`);
  });

  it('come after those that people have written themselves, and leave those alone', () => {
    const { generate, files, names } = started();
    files[`${folder}/0007_by_hand.sql`] = '-- up\nselect 1;\n';
    const planned = renderServices(
      stack('{ album: { owner: user, title: string(60) } }'),
      memoryOutput(files).context(),
    ).map(({ path }) => path);
    expect(planned).toContain(`${folder}/0008_change_title_of_album.sql`);
    expect(planned).not.toContain(`${folder}/0007_by_hand.sql`);
    generate('{ album: { owner: user, title: string(60) } }');
    expect(names()).toEqual([
      '0001_create_album.sql',
      '0007_by_hand.sql',
      '0008_change_title_of_album.sql',
      'schema.json',
    ]);
  });

  it('are taken up again after a run that was killed between a migration and the snapshot', () => {
    const { generate, files, names } = started();
    const snapshot = files[`${folder}/schema.json`] ?? '';
    generate('{ album: { owner: user, title: string(60) } }');
    files[`${folder}/schema.json`] = snapshot;
    generate('{ album: { owner: user, title: string(60) } }');
    expect(names()).toEqual(['0001_create_album.sql', '0002_change_title_of_album.sql', 'schema.json']);
  });

  it.each([
    [
      'a field that goes',
      '{ album: { owner: user } }',
      'shop-service: album.title is gone, and with it its values',
    ],
    [
      'an entity that goes',
      '{ disc: { owner: user } }',
      'shop-service: album is gone, and with it its table album; if it is disc now, say so and its records stay: disc: { $renamedFrom: album, … }',
    ],
    [
      'a shorter text',
      '{ album: { owner: user, title: string(20) } }',
      'shop-service: album.title shrinks from varchar(40) to varchar(20): longer values are cut',
    ],
    [
      'another type',
      '{ album: { owner: user, title: int = 1 } }',
      'shop-service: album.title changes from varchar(40) to integer: its values are lost',
    ],
  ])('refuse %s unless it is allowed', (_, entities, message) => {
    const { generate, names } = started();
    expect(() => generate(entities)).toThrow(message);
    expect(names()).toHaveLength(2);
    generate(entities, true);
    expect(names().length).toBeGreaterThan(2);
  });

  it('refuse a required field whose value nobody can tell, however much is allowed', () => {
    const { generate } = started();
    expect(() => generate('{ album: { owner: user, title: string(40), contact: email } }', true)).toThrow(
      'shop-service: album.contact is new and required',
    );
  });

  it('rename what an earlier version called otherwise, and lose nothing', () => {
    const { generate, files, text } = started();
    generate('{ album: { owner: user, title: string(40), vatID: { type: "int(1..5)?", unique: true } } }');
    const snapshot = JSON.parse(files[`${folder}/schema.json`] ?? '') as { tables: object[] };
    files[`${folder}/schema.json`] = JSON.stringify(snapshot)
      .replaceAll('vat_i_d', 'vat_id')
      .replace('"indexNames":"unique"', '"x":0');
    generate('{ album: { owner: user, title: string(40), vatID: { type: "int(1..5)?", unique: true } } }');
    expect(text('0003_rename_vat_id_to_vat_i_d_of_album.sql')).toBe(`-- up
alter table album rename column vat_id to vat_i_d;
alter table album rename constraint album_vat_id_check to album_vat_i_d_check;
alter index album_created_at_id_index rename to album__created_at__id__index;
alter index album_vat_id_key rename to album__vat_i_d__key;
alter index album_owner_created_at_id_index rename to album__owner__created_at__id__index;

-- down
alter index album__owner__created_at__id__index rename to album_owner_created_at_id_index;
alter index album__vat_i_d__key rename to album_vat_id_key;
alter index album__created_at__id__index rename to album_created_at_id_index;
alter table album rename constraint album_vat_i_d_check to album_vat_id_check;
alter table album rename column vat_i_d to vat_id;
`);
  });

  it('create entities that refer to each other, one after the other', () => {
    const { generate, text } = started();
    generate(
      '{ album: { owner: user, title: string(40) }, author: { best: book? }, book: { author: author } }',
    );
    expect(text('0002_create_book.sql')).toContain('create table book');
    expect(text('0003_create_author.sql')).toContain(
      'alter table book add constraint book_author_fkey foreign key (author) references author (id) on delete cascade;',
    );
  });
});

it('makes the indexes of a column again whose type is replaced, since they go with the old one', () => {
  const output = memoryOutput();
  const generate = (type: string) =>
    output.write(
      renderServices(
        stack(`{ album: { code: { type: "${type}", unique: true }, title: text } }`),
        output.context(true),
      ),
    );
  generate('string(5)?');
  generate('int?');
  expect(output.files[`${folder}/0002_change_album.sql`]?.split('\n-- down')[0]).toBe(`-- up
drop index album__code__key;
alter table album drop column code;
alter table album add column code integer;
create unique index album__code__key on album (code);
`);
});
