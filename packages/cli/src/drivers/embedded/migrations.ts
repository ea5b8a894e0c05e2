import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Stack } from '../../model/stack.ts';
import { migrationsFolder } from './environment.ts';

/** Files that are to be written, by absolute path; undefined deletes. */
export type PendingFiles = ReadonlyMap<string, Uint8Array | undefined>;

/**
 * Hash of every service's migration files, names and contents; services without a database or without files are missing.
 * `pending` counts as written already, so that a dry run knows of migrations that are not there yet.
 */
export async function hashMigrations(
  output: string,
  stack: Stack,
  pending: PendingFiles = new Map(),
): Promise<Record<string, string>> {
  const services = stack.databases.map(({ service }) => service);
  const hashes = await Promise.all(
    services.map(
      async (service) =>
        [service, await hashFolder(migrationsFolder(output, stack, service), pending)] as const,
    ),
  );
  return Object.fromEntries(
    hashes.filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
  );
}

async function hashFolder(folder: string, pending: PendingFiles): Promise<string | undefined> {
  const onDisk = (await readdir(folder).catch(() => [])).map((name) => join(folder, name));
  const toCome = [...pending.keys()].filter((path) => dirname(path) === folder);
  const paths = [...new Set([...onDisk, ...toCome])]
    .filter((path) => path.endsWith('.sql') && !(pending.has(path) && pending.get(path) === undefined))
    .sort();
  if (paths.length === 0) return undefined;
  const hash = createHash('sha256');
  for (const path of paths)
    hash
      .update(`${basename(path)}\0`)
      .update(pending.get(path) ?? (await readFile(path)))
      .update('\0');
  return hash.digest('hex').slice(0, 16);
}
