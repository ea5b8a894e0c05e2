import { lstatSync, mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { UserError } from '../../../platform/errors.ts';

/**
 * Where templates and copies of binaries are kept between stacks: `HOMETRIP_CACHE_DIR`, else `$XDG_CACHE_HOME/hometrip`,
 * else `~/.cache/hometrip`. Root uses `/var/cache/hometrip`, because the server runs as another user there, who cannot
 * enter root's home. Without a usable home (containers) a folder below the temporary directory serves.
 *
 * The folder is 0755 and ours alone to write: binaries in it are executed. What is private lies deeper, in 0700.
 */
export function cacheDir(
  env: NodeJS.ProcessEnv = process.env,
  uid: number | undefined = process.getuid?.(),
): string {
  const candidates = candidateDirs(env, uid);
  const found = candidates.find((dir) => isOurs(dir, uid));
  if (found !== undefined) return found;
  throw new UserError('no folder can be used as cache', {
    where: candidates.join(', '),
    next: ['Set HOMETRIP_CACHE_DIR to a folder that belongs to you and that no other user can write to'],
  });
}

function candidateDirs(env: NodeJS.ProcessEnv, uid: number | undefined): string[] {
  const own = env['HOMETRIP_CACHE_DIR'];
  if (own !== undefined && own !== '') return [own];
  const fallback = join(tmpdir(), `hometrip-cache-${uid ?? 'user'}`);
  if (uid === 0) return ['/var/cache/hometrip', fallback];
  const xdg = env['XDG_CACHE_HOME'];
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(env['HOME'] ?? homedir(), '.cache');
  return [join(base, 'hometrip'), fallback];
}

/** Creates the folder; false when it cannot be, or when somebody else could have prepared what is in it. */
function isOurs(dir: string, uid: number | undefined): boolean {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o755 });
    const info = lstatSync(dir);
    return info.isDirectory() && (uid === undefined || info.uid === uid) && (info.mode & 0o022) === 0;
  } catch {
    return false;
  }
}
