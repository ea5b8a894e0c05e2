import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MigrationError } from './error.ts';
import { splitStatements, type Statement } from './statements.ts';

export interface Migration {
  readonly version: number;
  /** The file's name: `0001_create_wishlist.sql`. */
  readonly name: string;
  readonly checksum: string;
  readonly up: Section;
  readonly down: Section;
}

export interface Section {
  readonly statements: readonly Statement[];
  /** False after `-- no-transaction`: for statements like `create index concurrently`. */
  readonly transaction: boolean;
}

const NAME = /^(\d+)_[a-z0-9_-]+\.sql$/;

/** Sorted by version. @throws MigrationError for names that are not `0001_what_it_does.sql`, doubles, and missing sections. */
export async function readMigrations(folder: string | URL): Promise<readonly Migration[]> {
  const path = folder instanceof URL ? fileURLToPath(folder) : folder;
  const names = (await readdir(path)).filter((name) => name.endsWith('.sql')).sort();
  const migrations = await Promise.all(
    names.map(async (name) => parseMigration(name, await readFile(join(path, name), 'utf8'))),
  );
  migrations.sort((a, b) => a.version - b.version);
  for (const [index, migration] of migrations.entries()) {
    const previous = migrations[index - 1];
    if (previous?.version === migration.version) {
      throw new MigrationError(
        `${previous.name} and ${migration.name} have the same number: rename the newer one.`,
      );
    }
  }
  return migrations;
}

export function parseMigration(name: string, content: string): Migration {
  const version = NAME.exec(name)?.[1];
  if (version === undefined)
    throw new MigrationError(
      `${name}: name it like 0001_create_listing.sql (number, underscore, lower case).`,
    );
  const text = content.replaceAll('\r\n', '\n');
  const rows = text.split('\n');
  const marker = (word: string) => rows.findIndex((row) => new RegExp(`^--\\s*${word}\\s*$`, 'i').test(row));
  const up = marker('up');
  const down = marker('down');
  if (up < 0) throw new MigrationError(`${name}: there is no “-- up” line before the statements.`);
  if (down >= 0 && down < up)
    throw new MigrationError(`${name}:${down + 1}: “-- down” comes before “-- up”.`);
  const section = (from: number, to: number): Section => ({
    statements: splitStatements(rows.slice(from, to).join('\n'), from + 1),
    transaction: !rows.slice(from, to).some((row) => /^--\s*no-transaction\s*$/i.test(row)),
  });
  return {
    version: Number(version),
    name,
    // Trailing white space may change with an editor, and means nothing.
    checksum: createHash('sha256').update(text.trimEnd()).digest('hex'),
    up: section(up + 1, down < 0 ? rows.length : down),
    down: down < 0 ? { statements: [], transaction: true } : section(down + 1, rows.length),
  };
}
