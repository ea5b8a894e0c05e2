import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What `postmaster.pid` says; a server writes it line by line while it starts. */
export interface PostmasterFile {
  readonly pid: number;
  readonly port: number | undefined;
  /** Line 8 is `ready` once connections are accepted; `starting` also while it recovers from a crash. */
  readonly ready: boolean;
}

export function parsePostmasterFile(text: string): PostmasterFile | undefined {
  const lines = text.split('\n');
  // Negative: a single-user server.
  const pid = Math.abs(Number(lines[0]));
  if (!Number.isSafeInteger(pid) || pid === 0) return undefined;
  const port = Number(lines[3]);
  return { pid, port: port > 0 ? port : undefined, ready: lines[7]?.trim() === 'ready' };
}

export async function readPostmasterFile(dataDir: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      // Not ours to read: not ours to adopt. Opening the cluster tells the user about it.
      if (error.code === 'ENOENT' || error.code === 'EACCES') return undefined;
      throw error;
    },
  );
  return text === undefined ? undefined : parsePostmasterFile(text);
}

/** The port of the last start: `postmaster.opts` outlives the server. Stable ports keep bookmarks and tools working. */
export async function lastPort(dataDir: string): Promise<number | undefined> {
  const options = await readFile(join(dataDir, 'postmaster.opts'), 'utf8').catch(() => '');
  const port = Number(/"-p" "(\d+)"/.exec(options)?.[1]);
  return port > 0 ? port : undefined;
}
