import { ExternalError, UserError } from '../../../platform/errors.ts';

/** Why a server did not start, read from its own last words. */
export type StartFailure = 'port-taken' | 'already-running' | 'orphans' | UserError | ExternalError;

const RECOVER = [
  'Put back a copy of the folder that was taken while the stack was down',
  'Or begin with empty databases: hometrip down --volumes, then hometrip up',
];

const DAMAGE = [
  /could not (locate|read) a valid checkpoint record|could not locate required checkpoint|invalid (primary )?checkpoint/,
  /could not find the database system|is not a database cluster directory|PANIC: /,
  /incorrect checksum|page verification failed|could not access status of transaction/,
  /[Cc]ould not (open|read) (file|directory) "(global|base|pg_\w+)/,
];

/** A pure reading of the log lines of one attempt; nothing is ever deleted on its account. */
export function explainStart(
  lines: readonly string[],
  place: { dataDir: string; log: string },
  exit: string,
): StartFailure {
  const text = lines.join('\n');
  if (/could not bind .* address|could not create any TCP\/IP sockets/.test(text)) return 'port-taken';
  if (/lock file "postmaster\.pid" already exists/.test(text)) return 'already-running';
  if (/pre-existing shared memory block/.test(text)) return 'orphans';
  return (
    explainFiles(text, place.dataDir) ??
    new ExternalError(`PostgreSQL did not start (${exit}); its log is ${place.log}`, {
      command: `postgres -D ${place.dataDir}`,
      lastLines: lines.slice(-12),
    })
  );
}

/** The causes that every PostgreSQL program can meet: disk, memory, rights, foreign or damaged files. */
export function explainFiles(text: string, dataDir: string): UserError | undefined {
  if (/No space left on device|ENOSPC|Disk quota exceeded/.test(text)) {
    return new UserError('the disk is full: PostgreSQL cannot write', {
      where: dataDir,
      next: [
        'Free some space (df -h shows the file system) and run the command again; committed rows are kept',
      ],
    });
  }
  if (/database files are incompatible|was initialized by PostgreSQL version/.test(text)) {
    return new UserError('the data directory was written by another PostgreSQL', {
      where: dataDir,
      next: RECOVER,
    });
  }
  if (/has invalid permissions|has wrong ownership|Permission denied|EACCES/.test(text)) {
    return new UserError('the data directory belongs to another user', {
      where: dataDir,
      next: [
        'Run hometrip as the user that ran it first, or change the owner of the directory with chown -R',
      ],
    });
  }
  if (DAMAGE.some((pattern) => pattern.test(text))) {
    return new UserError('the data directory is damaged; nothing was deleted', {
      where: dataDir,
      next: ['Keep a copy of the directory if the rows matter', ...RECOVER],
    });
  }
  if (
    /Cannot allocate memory|could not map anonymous shared memory|could not resize shared memory/.test(text)
  ) {
    return new UserError('there is too little memory for PostgreSQL (it needs about 150 MB)', {
      next: ['Stop other programs, or raise the memory limit of this container'],
    });
  }
  return undefined;
}
