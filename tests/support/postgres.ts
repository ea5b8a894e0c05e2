/**
 * Global setup of the tests that need PostgreSQL: starts the embedded server once, for all of them, unless
 * HOMETRIP_TEST_DATABASE_URL names one that runs already. `testDatabase()` makes the databases on it.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../packages/cli/src/drivers/embedded/postgres/index.ts';

const VARIABLE = 'HOMETRIP_TEST_DATABASE_URL';

export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if ((process.env[VARIABLE] ?? '') !== '') return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'hometrip-tests-'));
  // A server that root starts runs as nobody, which must be able to walk into the folder.
  await chmod(folder, 0o755);
  const server = await startPostgres({
    dataDir: join(folder, 'data'),
    log: join(folder, 'postgres.log'),
    superuserPassword: 'test',
  });
  // Inherited by the processes that run the tests.
  process.env[VARIABLE] = server.url();
  return async () => {
    delete process.env[VARIABLE];
    await server.stop('immediate');
    await rm(folder, { recursive: true, force: true });
  };
}
