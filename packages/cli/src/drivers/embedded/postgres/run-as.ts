import { statSync } from 'node:fs';

/** The user that the server runs as; undefined: the user of this process. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

/** `nobody` on every Linux; no user needs to be created. */
export const NOBODY: RunAs = { uid: 65534, gid: 65534 };

/**
 * PostgreSQL refuses to run as root. For root this is the owner of an existing data directory (so that `sudo` on
 * somebody's checkout works), or else nobody. For everybody else it is undefined: no change of user.
 */
export function chooseRunAs(
  dataDir: string,
  currentUid: number | undefined = process.getuid?.(),
): RunAs | undefined {
  if (currentUid !== 0) return undefined;
  const owner = statSync(dataDir, { throwIfNoEntry: false });
  return owner !== undefined && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : NOBODY;
}

export function spawnIdentity(runAs: RunAs | undefined): { uid?: number; gid?: number } {
  return runAs === undefined ? {} : { uid: runAs.uid, gid: runAs.gid };
}

/**
 * What to give to `-D` when the process is started inside the data directory.
 *
 * A checkout of root often lies below a folder that nobody may enter (root's home is 0700). The parent changes into the
 * data directory before it drops its rights, and `/proc/self/cwd` leads there without walking the path again.
 * PostgreSQL's workers keep that directory as their own, so the name stays right for all of them.
 */
export function dataDirArgument(
  dataDir: string,
  runAs: RunAs | undefined,
  platform: string = process.platform,
): string {
  return runAs !== undefined && platform === 'linux' ? '/proc/self/cwd' : dataDir;
}
