import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stack } from '../../model/stack.ts';
import { migrationsFolder } from './environment.ts';

/** Hash of every service's migration files, names and contents; services without a database or without files are missing. */
export async function hashMigrations(output: string, stack: Stack): Promise<Record<string, string>> {
  const services = stack.databases.map(({ service }) => service);
  const hashes = await Promise.all(
    services.map(
      async (service) => [service, await hashFolder(migrationsFolder(output, stack, service))] as const,
    ),
  );
  return Object.fromEntries(
    hashes.filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
  );
}

async function hashFolder(folder: string): Promise<string | undefined> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.sql')).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('sha256');
  for (const name of names)
    hash
      .update(`${name}\0`)
      .update(await readFile(join(folder, name)))
      .update('\0');
  return hash.digest('hex').slice(0, 16);
}
