import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunAs } from './run-as.ts';

/** 22 instances with up to 22 connections each when all are busy; one costs about 1.5 MB, and only while it is open. */
const MAX_CONNECTIONS = 600;

const MANAGED =
  '# Written by hometrip at every start. To tune a stack use ALTER SYSTEM: it is kept, and wins over this file.';

/**
 * The whole `postgresql.conf`: durable (fsync, full_page_writes and synchronous_commit keep their safe defaults),
 * modest in memory, reachable over loopback only. Unix sockets are off: their path may hold 107 bytes, checkouts more.
 */
export const SERVER_SETTINGS = [
  MANAGED,
  "listen_addresses = '127.0.0.1'",
  "unix_socket_directories = ''",
  'password_encryption = scram-sha-256',
  `max_connections = ${MAX_CONNECTIONS}`,
  'shared_buffers = 96MB',
  'max_wal_size = 512MB',
  'min_wal_size = 80MB',
  'jit = off',
  "timezone = 'UTC'",
  "log_timezone = 'UTC'",
  "datestyle = 'iso, mdy'",
  "lc_messages = 'C'",
  "default_text_search_config = 'pg_catalog.english'",
  "log_line_prefix = '%m [%p] %q%u@%d '",
  'log_checkpoints = off',
  // Without DETAIL, which quotes rows: personal data has no place in a log. Clients get it all the same.
  'log_error_verbosity = terse',
  'log_destination = stderr',
  'logging_collector = off',
  '',
].join('\n');

/** Every login needs a password; replication serves base backups, for the superuser alone. */
export const HOST_RULES = [
  `${MANAGED.split('.')[0]}.`,
  'host all         all      127.0.0.1/32 scram-sha-256',
  'host replication postgres 127.0.0.1/32 scram-sha-256',
  '',
].join('\n');

export async function writeSettings(dataDir: string, runAs: RunAs | undefined): Promise<void> {
  await writeOwned(join(dataDir, 'postgresql.conf'), SERVER_SETTINGS, runAs);
  await writeOwned(join(dataDir, 'pg_hba.conf'), HOST_RULES, runAs);
}

/**
 * Replaces atomically, and never through a link: the folder belongs to another user when we are root, who could have
 * put one there.
 */
async function writeOwned(path: string, text: string, runAs: RunAs | undefined): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
  const partial = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const file = await open(partial, 'wx', 0o600);
    try {
      await file.writeFile(text);
      if (runAs !== undefined) await file.chown(runAs.uid, runAs.gid);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
