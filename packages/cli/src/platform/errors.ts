/** The user must act: prints as message, optional place, and next steps; exit code 1 unless told otherwise. */
export class UserError extends Error {
  override name = 'UserError';
  readonly next: readonly string[];
  readonly where: string | undefined;
  readonly exitCode: number;

  constructor(
    message: string,
    options: { next?: readonly string[]; where?: string; exitCode?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.next = options.next ?? [];
    this.where = options.where;
    this.exitCode = options.exitCode ?? 1;
  }
}

/** A program that we ran failed: its command, exit code and last lines are part of the message. */
export class ExternalError extends Error {
  override name = 'ExternalError';
  readonly command: string;
  readonly exitStatus: number | undefined;
  readonly lastLines: readonly string[];

  constructor(
    message: string,
    options: { command: string; exitStatus?: number; lastLines?: readonly string[]; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.command = options.command;
    this.exitStatus = options.exitStatus;
    this.lastLines = options.lastLines ?? [];
  }
}

/** Should never happen: ours to fix. The only kind that is printed with a stack trace. */
export class BugError extends Error {
  override name = 'BugError';
}
