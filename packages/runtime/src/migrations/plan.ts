import { MigrationError } from './error.ts';
import type { Migration } from './file.ts';

export interface Applied {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  readonly appliedAt: string;
}

export interface Step {
  readonly direction: 'up' | 'down';
  readonly migration: Migration;
}

/**
 * What to run to arrive at version `to` (default: the newest file; 0: an empty schema).
 * @throws MigrationError when files and database tell different stories.
 */
export function planSteps(
  files: readonly Migration[],
  applied: readonly Applied[],
  to?: number,
): readonly Step[] {
  const byVersion = new Map(files.map((file) => [file.version, file]));
  const target = to ?? files.at(-1)?.version ?? 0;
  if (target !== 0 && !byVersion.has(target)) {
    const known = files.map((file) => file.version).join(', ') || 'none';
    throw new MigrationError(`There is no migration ${target}. Known: ${known}.`);
  }
  const newest = Math.max(0, ...applied.map((row) => row.version));
  for (const row of applied) {
    const file = byVersion.get(row.version);
    if (file === undefined)
      throw new MigrationError(
        `${row.name} is applied (${row.appliedAt}), but its file is gone: restore it.`,
      );
    if (file.checksum !== row.checksum) {
      throw new MigrationError(
        `${file.name} was edited after it had been applied (${row.appliedAt}): undo the edit, and make the change in a new file numbered after ${newest}.`,
      );
    }
  }
  const done = new Set(applied.map((row) => row.version));
  const up = files.filter((file) => !done.has(file.version) && file.version <= target);
  const early = up.find((file) => file.version < newest);
  if (early !== undefined && target >= newest) {
    throw new MigrationError(
      `${early.name} is new, but ${newest} is applied already: give it a number after ${newest}.`,
    );
  }
  const down = files.filter((file) => done.has(file.version) && file.version > target).reverse();
  const stuck = down.find((file) => file.down.statements.length === 0);
  if (stuck !== undefined)
    throw new MigrationError(`${stuck.name} cannot be undone: it has no statements below “-- down”.`);
  return [
    ...down.map((migration) => ({ direction: 'down' as const, migration })),
    ...(down.length > 0 ? [] : up.map((migration) => ({ direction: 'up' as const, migration }))),
  ];
}
