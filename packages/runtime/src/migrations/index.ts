export { MigrationError } from './error.ts';
export { migrate, migrationStatus, type MigrateOptions, type MigrationStatus } from './migrate.ts';
