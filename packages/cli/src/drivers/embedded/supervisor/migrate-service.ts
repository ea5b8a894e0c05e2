/** Migrates the database of one service, and keeps the record of migrations that no database has seen. */
import { join, relative, sep } from 'node:path';
import type { MigrationError, MigrationStatus } from '@hometrip/runtime/migrations';
import { lockTree } from '../../../files/index.ts';
import { beginTrying, endTrying, readDrafts, usableDrafts } from '../../../platform/drafts.ts';
import { UserError } from '../../../platform/errors.ts';
import type { StateDir } from '../../../platform/state-dir.ts';

/** The runtime's own. */
export interface Migrator {
  migrate(url: string, folder: string): Promise<unknown>;
  migrationStatus(url: string, folder: string): Promise<readonly MigrationStatus[]>;
}

export interface ServiceMigration {
  readonly service: string;
  readonly url: string;
  /** Absolute. */
  readonly folder: string;
  /** Output folder of `generate`. */
  readonly output: string;
}

/** @throws UserError that says which statement failed, for which rows, and the ways out. */
export async function migrateService(
  { project, root }: Pick<StateDir, 'project' | 'root'>,
  migrator: Migrator,
  { service, url, folder, output }: ServiceMigration,
): Promise<void> {
  const place = { root: project, state: root };
  const key = relative(output, folder).split(sep).join('/');
  const record = async (work: () => void): Promise<void> => {
    if (readDrafts(place)[key] === undefined) return;
    using _ = await lockTree(output);
    work();
  };
  // If we are killed from here on, nobody knows what the database has: then what may be there counts as there.
  await record(() => beginTrying(place, key));
  try {
    await migrator.migrate(url, folder);
  } catch (error) {
    if (!isMigrationError(error)) throw error;
    const applied = await appliedNames(migrator, url, folder);
    if (applied !== undefined) await record(() => endTrying(place, key, applied));
    const { failed } = error;
    const usable = (await usableDrafts(place, output)).get(key) ?? [];
    const withdrawn = usable.some(({ name }) => name === failed?.file);
    throw explained(error, { service, folder: relative(project, folder), withdrawn });
  }
  await record(() => endTrying(place, key, everything(place, key)));
}

const everything = (place: Parameters<typeof readDrafts>[0], key: string): readonly string[] =>
  (readDrafts(place)[key]?.drafts ?? []).map(({ name }) => name);

/** Undefined when the database does not answer. */
async function appliedNames(
  migrator: Migrator,
  url: string,
  folder: string,
): Promise<readonly string[] | undefined> {
  try {
    return (await migrator.migrationStatus(url, folder))
      .filter(({ appliedAt }) => appliedAt !== undefined)
      .map(({ name }) => name);
  } catch {
    return undefined;
  }
}

const isMigrationError = (error: unknown): error is MigrationError =>
  error instanceof Error && error.name === 'MigrationError';

function explained(
  error: MigrationError,
  { service, folder, withdrawn }: { service: string; folder: string; withdrawn: boolean },
): UserError {
  const { failed } = error;
  if (failed === undefined)
    return new UserError(error.message, {
      where: folder,
      next: [
        `bring back what is missing or was changed from version control, or as it was generated: hometrip generate --restore ${folder}`,
        'then run hometrip up again',
      ],
      cause: error,
    });
  const { file, rows } = failed;
  return new UserError(error.message, {
    where: join(folder, file),
    next: [
      ...(rows === undefined
        ? []
        : [
            `correct ${rows.count === 1 ? 'the row' : 'the rows'}: through the API of ${service}, or in SQL at the top of the migration, below “-- up”: ${rows.example}`,
          ]),
      withdrawn
        ? `or take the change back in services.yaml: no database has seen ${file}, so the next hometrip up withdraws it`
        : `or edit ${file}: it is in version control or came from elsewhere, so it stays when services.yaml changes`,
      'then run hometrip up again: nothing of this migration is left in the database, and it goes on from there',
    ],
    cause: error,
  });
}
