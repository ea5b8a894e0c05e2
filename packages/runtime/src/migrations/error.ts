/** Says which file (and line, where it is known) and what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}
