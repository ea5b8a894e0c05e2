/** Says which file (and line, where it is known) and what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  /** The statement that a server refused; undefined when something else is wrong. */
  readonly failed: FailedStatement | undefined;

  constructor(message: string, options: ErrorOptions & { readonly failed?: FailedStatement } = {}) {
    super(message, options);
    this.failed = options.failed;
  }
}

/** Where a migration stopped. Nothing of its file is left in the database, unless that says `-- no-transaction`. */
export interface FailedStatement {
  /** The file's name. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly sql: string;
  /** The stored rows that the statement refuses; undefined when it is not about rows, or it is unknown which. */
  readonly rows: RowsInTheWay | undefined;
}

/** Rows that a constraint, an index or a type does not allow. */
export interface RowsInTheWay {
  readonly table: string;
  readonly count: number;
  /** Some of them: `id 0198c0de-…: kind = c`. */
  readonly some: readonly string[];
  /** One statement that shows how they could be corrected; what only the owner of the data knows is `…`. */
  readonly example: string;
}
