import { expect, it } from 'vitest';
import { parseMigration } from './file.ts';
import { splitStatements } from './statements.ts';

it.each([
  ['two statements', 'a;\nb;', ['1 a', '2 b']],
  ['a last one without semicolon', 'a;\n\nb\n', ['1 a', '3 b']],
  ['comments between, also with semicolons', '-- x;\na; /* y; */\nb;', ['2 a', '3 b']],
  [
    'strings and quoted names',
    `insert 'a;''b', E'c\\';', "d;";z`,
    [`1 insert 'a;''b', E'c\\';', "d;"`, '1 z'],
  ],
  ['bodies in dollar quotes', 'do $x$ a; $$ b; $$ $x$; $$;$$', ['1 do $x$ a; $$ b; $$ $x$', '1 $$;$$']],
  ['numbered parameters are no quotes', 'a $1; b $2', ['1 a $1', '1 b $2']],
  ['nothing', ' ;; -- only words\n', []],
])('splits %s', (_, sql, expected) => {
  expect(splitStatements(sql, 1).map(({ sql: text, line }) => `${line} ${text}`)).toEqual(expected);
});

it.each([
  ['create.sql', '-- up', 'create.sql: name it like 0001_create_listing.sql'],
  ['0001_a.sql', 'create table a ()', '0001_a.sql: there is no “-- up” line'],
  ['0001_a.sql', '-- down\n-- up', '0001_a.sql:1: “-- down” comes before “-- up”'],
])('refuses %s with %j', (name, content, message) => {
  expect(() => parseMigration(name, content)).toThrow(message);
});

it('reads line breaks of Windows as the same file', () => {
  expect(parseMigration('0001_a.sql', '-- up\r\na;\r\n').checksum).toBe(
    parseMigration('0001_a.sql', '-- up\na;\n').checksum,
  );
});
