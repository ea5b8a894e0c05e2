import { createHash } from 'node:crypto';
import { chown, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunnableBinaries } from './binaries.ts';
import { createWhole, flushToDisk } from './partial-dir.ts';
import { runProgram } from './program.ts';
import type { RunAs } from './run-as.ts';
import { NOBODY, dataDirArgument } from './run-as.ts';
import { SUPERUSER } from './superuser.ts';

/**
 * `builtin` collation gives the same order on every platform. Checksums find damaged pages. `trust` is what initdb
 * writes into a rule file that is replaced before any start; the superuser gets no password here.
 */
const INITDB_OPTIONS = [
  ['-U', SUPERUSER],
  ['-A', 'trust'],
  ['-E', 'UTF8'],
  ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
  // Flushed as a whole below: initdb's own flush, file by file, doubles its time.
  ['--data-checksums', '--no-sync', '--no-instructions'],
].flat();

/**
 * The folder of a prepared cluster to copy from: initdb costs three times a copy. One per version of the binaries and
 * user. Copies share its system identifier, which matters to replication between clusters alone. Its parent is closed to others (0700), so that no other process of `nobody` can prepare it for us.
 */
export async function ensureTemplate(
  binaries: RunnableBinaries,
  cache: string,
  runAs: RunAs | undefined,
): Promise<string> {
  const parent = join(cache, 'postgres-templates');
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const options = createHash('sha256').update(INITDB_OPTIONS.join(' ')).digest('hex').slice(0, 8);
  const owner = runAs === undefined || runAs.uid === NOBODY.uid ? '' : `-uid${runAs.uid}`;
  const template = join(parent, `${binaries.key}-${options}${owner}`);
  if ((await stat(join(template, 'PG_VERSION')).catch(() => undefined)) !== undefined) return template;
  await createWhole(template, async (partial) => {
    if (runAs !== undefined) await chown(partial, runAs.uid, runAs.gid);
    const args = ['-D', dataDirArgument(partial, runAs), ...INITDB_OPTIONS];
    await runProgram(binaries.initdb, args, { dataDir: partial, runAs, env: binaries.env });
    await flushToDisk(partial);
  });
  return template;
}
