export { MigrationError, type FailedStatement, type RowsInTheWay } from './error.ts';
export { migrate, migrationStatus, type MigrateOptions, type MigrationStatus } from './migrate.ts';
