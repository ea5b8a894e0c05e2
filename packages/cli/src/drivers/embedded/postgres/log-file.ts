import { closeSync, openSync } from 'node:fs';
import { copyFile, mkdir, open, rm, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';

/** At this size the log becomes `<log>.1`, which is replaced. */
const MAX_BYTES = 10 << 20;
const CHECK_EVERY_MS = 60_000;

/**
 * The server inherits the descriptor: it outlives us, and the file may lie where the server's user cannot go. That
 * rules out a rename; the file is copied and emptied instead, which the append mode makes safe. PostgreSQL's own
 * collector would be one more process, and can bound files by age only.
 */
export async function openLog(path: string): Promise<{ fd: number; offset: number; close(): void }> {
  await mkdir(dirname(path), { recursive: true });
  await rotateLog(path);
  const fd = openSync(path, 'a', 0o600);
  return { fd, offset: await logSize(path), close: () => closeSync(fd) };
}

export async function rotateLog(path: string, maxBytes: number = MAX_BYTES): Promise<boolean> {
  if ((await logSize(path)) <= maxBytes) return false;
  await rm(`${path}.1`, { force: true });
  await copyFile(path, `${path}.1`);
  await truncate(path);
  return true;
}

/** Checks the size now and then, without keeping this process alive. Returns how to end it. */
export function keepRotating(path: string): () => void {
  // A full disk must not end the supervisor: the next turn tries again.
  const timer = setInterval(() => void rotateLog(path).catch(() => undefined), CHECK_EVERY_MS).unref();
  return () => clearInterval(timer);
}

/** Lines written after `offset` bytes, 64 KB at most. */
export async function logLines(path: string, offset: number): Promise<string[]> {
  const size = await logSize(path);
  const from = Math.max(size < offset ? 0 : offset, size - (64 << 10));
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    return buffer
      .toString('utf8', 0, bytesRead)
      .split('\n')
      .filter((line) => line !== '');
  } finally {
    await file.close();
  }
}

async function logSize(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
