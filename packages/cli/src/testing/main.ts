/**
 * Global setup of Vitest (`@hometrip/cli/vitest`): one PostgreSQL for a whole run, in HOMETRIP_TEST_DATABASE_URL. It is the
 * embedded one, unless the variable names a server already. Each service under test makes a database of its own on it.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attach, startPostgres } from '../drivers/embedded/postgres/index.ts';

const VARIABLE = 'HOMETRIP_TEST_DATABASE_URL';
const PREFIX = 'hometrip-test-postgres-';

export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[VARIABLE] !== undefined && process.env[VARIABLE] !== '') return undefined;
  await removeLeftovers();
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const server = await startPostgres(optionsIn(folder));
  process.env[VARIABLE] = server.url('postgres');
  return async () => {
    await server.stop('fast');
    await rm(folder, { recursive: true, force: true });
  };
}

const optionsIn = (folder: string) => ({
  dataDir: join(folder, 'data'),
  log: join(folder, 'postgres.log'),
  superuserPassword: randomBytes(16).toString('hex'),
});

/** The server outlives a run that was killed: its folder says whose it was. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : undefined;
    if (owner === undefined || isAlive(owner)) continue;
    const folder = join(tmpdir(), name);
    await (await attach(optionsIn(folder)))?.stop('immediate');
    await rm(folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
