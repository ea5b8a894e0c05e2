/** What of a service's migrations may still change, and what has to be there. */
import { describe, expect, it } from 'vitest';
import type { UserError } from '../../../platform/errors.ts';
import { renderServices } from '../index.ts';
import { memoryOutput, stackOf } from '../stack.fixture.ts';

const folder = 'services/shop-service/migrations';
const stack = (entities: string, service = 'shop-service', more = '') =>
  stackOf(`
name: shop
version: 1
components: { postgres: {} }
services:
  ${service}: { port: 4100, database: postgres, ${more}entities: ${entities} }
`);
const first = '{ item: { name: string(50), kind: "enum(a, b, c) = a", ref: uuid? } }';
const unique =
  '{ item: { name: string(50), kind: "enum(a, b, c) = a", ref: { type: uuid?, unique: true } } }';
const narrowed = '{ item: { name: string(50), kind: "enum(a, b) = a", ref: uuid? } }';

/** An output folder in which the first version has been generated and applied. */
function started() {
  const output = memoryOutput({}, { drafts: true });
  const generate = (entities: string, restore: readonly string[] = []) =>
    output.write(renderServices(stack(entities), output.context(true, restore)));
  generate(first);
  output.applied();
  return {
    ...output,
    generate,
    names: (of = folder) => output.context().list(of),
    text: (name: string) => output.files[`${folder}/${name}`],
    refusal(entities: string): string {
      try {
        generate(entities);
      } catch (error) {
        const { message, next } = error as UserError;
        return [message, ...next].join('\n');
      }
      return 'none';
    },
  };
}

describe('a migration that no database has seen', () => {
  it('is withdrawn when services.yaml is as it was before', () => {
    const { generate, files } = started();
    const before = { ...files };
    generate(unique);
    expect(files[`${folder}/0002_add_item__ref__key.sql`]).toContain('create unique index');
    generate(first);
    expect(files).toEqual(before);
  });

  it('is replaced by what is wanted now, under the same number', () => {
    const { generate, names } = started();
    generate(unique);
    generate(narrowed);
    expect(names()).toEqual(['0001_create_item.sql', '0002_change_kind_of_item.sql', 'schema.json']);
  });

  it('stays as it is when nothing changes', () => {
    const { generate, files } = started();
    generate(unique);
    const before = { ...files };
    generate(unique);
    expect(files).toEqual(before);
  });

  it('comes again when its file was deleted', () => {
    const { generate, files, names } = started();
    generate(narrowed);
    delete files[`${folder}/0002_change_kind_of_item.sql`];
    generate(narrowed);
    expect(names()).toContain('0002_change_kind_of_item.sql');
  });

  it('loses nothing, so that a field that only it brings may go again without asking', () => {
    const { generate, names, context, write } = started();
    generate('{ item: { name: string(50), kind: "enum(a, b, c) = a", ref: uuid?, note: text? } }');
    write(renderServices(stack(first), context(false)));
    expect(names()).toEqual(['0001_create_item.sql', 'schema.json']);
  });

  it('stays when it was edited, with all before it; what changes then comes after it', () => {
    const { generate, files, names, text } = started();
    generate(unique);
    files[`${folder}/0002_add_item__ref__key.sql`] += '-- ours\n';
    generate(first);
    expect(names()).toEqual([
      '0001_create_item.sql',
      '0002_add_item__ref__key.sql',
      '0003_drop_item__ref__key.sql',
      'schema.json',
    ]);
    expect(text('0002_add_item__ref__key.sql')).toContain('-- ours');
  });

  it('stays when a migration written by hand comes after it', () => {
    const { generate, files, names } = started();
    generate(unique);
    files[`${folder}/0003_by_hand.sql`] = '-- up\nselect 1;\n';
    generate(first);
    expect(names()).toContain('0002_add_item__ref__key.sql');
    expect(names()).toContain('0004_drop_item__ref__key.sql');
  });
});

it('keeps a migration for ever once a database has seen it', () => {
  const { generate, applied, names } = started();
  generate(unique);
  applied();
  generate(first);
  expect(names()).toEqual([
    '0001_create_item.sql',
    '0002_add_item__ref__key.sql',
    '0003_drop_item__ref__key.sql',
    'schema.json',
  ]);
});

it('takes back only the part that no database has seen of several migrations of one change', () => {
  const output = memoryOutput({}, { drafts: true });
  const generate = (entities: string) => output.write(renderServices(stack(entities), output.context(true)));
  const two = (item: string, shelf: string) =>
    `{ item: { name: string(${item}) }, shelf: { name: string(${shelf}) } }`;
  generate(two('50', '50'));
  output.applied();
  generate(two('60', '60'));
  const names = () => output.context().list(folder);
  expect(names()).toContain('0004_change_name_of_shelf.sql');
  const record = output.context();
  // The first of the two was applied, the second failed.
  output.write(
    renderServices(stack(two('60', '50')), {
      ...record,
      allowDestructive: true,
      drafts: (of) => record.drafts(of).slice(1),
    }),
  );
  expect(names()).toEqual([
    '0001_create_item.sql',
    '0002_create_shelf.sql',
    '0003_change_name_of_item.sql',
    'schema.json',
  ]);
});

it('takes a failed change back that came after a new entity of the same run', () => {
  const { generate, applied, names } = started();
  generate(`${unique.slice(0, -2)}, shelf: { name: text } }`);
  applied(['0001_create_item.sql', '0002_create_shelf.sql']);
  generate(`${first.slice(0, -2)}, shelf: { name: text } }`);
  expect(names()).toEqual(['0001_create_item.sql', '0002_create_shelf.sql', 'schema.json']);
});

describe('a history that is not whole', () => {
  it.each([
    ['a migration', ['0001_create_item.sql'], '0001_create_item.sql is missing'],
    ['the snapshot', ['schema.json'], 'schema.json is missing'],
    ['all of it', ['0001_create_item.sql', 'schema.json'], 'schema.json and 1 more are missing'],
  ])('is refused, and comes back as it was: %s', (_, lost, message) => {
    const { generate, files, refusal } = started();
    const before = { ...files };
    for (const name of lost) delete files[`${folder}/${name}`];
    const said = refusal(narrowed);
    expect(said).toContain(`the history of migrations is not whole:\n  ${folder}/${message}`);
    expect(said).toContain(`hometrip generate --restore ${folder}`);
    expect(said).toContain('version control');
    generate(first, [folder]);
    expect(files).toEqual(before);
  });

  it('cannot be made up where nothing is remembered', () => {
    const { files } = started();
    const output = memoryOutput({
      [`${folder}/0001_create_item.sql`]: files[`${folder}/0001_create_item.sql`] ?? '',
    });
    expect(() => renderServices(stack(first), output.context())).toThrow(`${folder}/schema.json is missing`);
  });
});

describe('a service with another name', () => {
  const renamed = (entities: string) => stack(entities, 'store-service', 'renamedFrom: shop-service, ');
  const other = 'services/store-service/migrations';

  it('takes the whole history along, files written by hand and edits included', () => {
    const { write, context, files, names } = started();
    files[`${folder}/0002_by_hand.sql`] = '-- up\nselect 1;\n';
    files[`${folder}/0001_create_item.sql`] += '-- ours\n';
    const texts = (of: string) => names(of).map((name) => files[`${of}/${name}`]);
    const before = texts(folder);
    write(renderServices(renamed(first), context()));
    expect(texts(other)).toEqual(before);
    expect(names(folder)).toEqual([]);
  });

  it('goes on from there, also when the declaration is taken away, and goes back with all of it', () => {
    const { write, context, names, applied } = started();
    write(renderServices(renamed(unique), context()));
    applied();
    write(renderServices(stack(narrowed, 'store-service'), context(true)));
    applied();
    write(renderServices(stack(narrowed, 'shop-service', 'renamedFrom: store-service, '), context()));
    expect([names(other), names(folder)]).toEqual([
      [],
      ['0001_create_item.sql', '0002_add_item__ref__key.sql', '0003_change_item.sql', 'schema.json'],
    ]);
  });

  it('is refused when it has a history of its own that a database may have seen, and takes its place when none has', () => {
    const { write, context, names, applied, files } = started();
    write(renderServices(stack(narrowed, 'store-service'), context()));
    const before = { ...files };
    write(renderServices(renamed(narrowed), context(true)));
    expect([names(folder), names(other)]).toEqual([
      [],
      ['0001_create_item.sql', '0002_change_kind_of_item.sql', 'schema.json'],
    ]);
    Object.assign(files, before);
    applied();
    expect(() => renderServices(renamed(narrowed), context(true))).toThrow(
      `store-service is to take over the data of shop-service, and has migrations of its own (${other})`,
    );
  });
});
