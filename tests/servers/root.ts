/** The root of a newer Debian, which scripts/servers/newer-debian.sh makes; its programs run in it, on the network of this machine. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const ROOT = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'hometrip-test-servers',
  'forky',
);

/**
 * Java finds itself by /proc, and asks which file system its data are on. Both mounts are seen, and there, only for who enters the
 * root in this way; the process stays the same.
 */
const ENTER = 'mount --bind "$0" "$0" && mount -t proc proc "$0/proc" && exec /usr/sbin/chroot "$@"';

/** Where a server runs: this machine, or a root below it. */
export interface Place {
  /** What to execute for a command line. */
  command(program: string, ...args: string[]): [string, string[]];
  /** A new folder: its path for us, and for programs of the place. */
  folder(prefix: string): Promise<{ readonly here: string; readonly there: string }>;
}

export const machine: Place = {
  command: (program, ...args) => [program, args],
  folder: async (prefix) => {
    const here = await mkdtemp(join(tmpdir(), prefix));
    return { here, there: here };
  },
};

/** @throws Error when the root has no such program. */
export function newerDebian(program: string, { user = 'root' } = {}): Place {
  if (!existsSync(join(ROOT, program)))
    throw new Error(`There is no newer Debian with ${program}: run scripts/servers/newer-debian.sh.`);
  return {
    command: (name, ...args) => [
      '/usr/bin/unshare',
      ['--mount', '/bin/sh', '-c', ENTER, ROOT, `--userspec=${user}:${user}`, ROOT, name, ...args],
    ],
    folder: async (prefix) => {
      const here = await mkdtemp(join(ROOT, 'var/tmp', prefix));
      const there = `/var/tmp/${basename(here)}`;
      if (user !== 'root') execFileSync('/usr/sbin/chroot', [ROOT, 'chown', user, there]);
      return { here, there };
    },
  };
}

/** The version of a package there, without Debian's own part: `18.1`. */
export function packageVersion(name: string): string {
  const found = execFileSync('/usr/sbin/chroot', [ROOT, 'dpkg-query', '-W', '-f', '${Version}', name], {
    encoding: 'utf8',
  });
  return /^(?:\d+:)?([\d.]+)/.exec(found)?.[1] ?? '?';
}
