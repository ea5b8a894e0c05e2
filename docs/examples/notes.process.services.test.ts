/** The example as its guide runs it: `node notes.ts`, with settings. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { testDatabase } from '@hometrip/runtime/testing';

const main = fileURLToPath(new URL('notes.ts', import.meta.url));

it('serves until it is told to stop', async () => {
  await using database = await testDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'notes-'));
  const instance = join(folder, 'instance.json');
  const child = spawn(process.execPath, [main], {
    env: {
      DOCUMENTS_URL: database.url.href,
      EVENTS_URL: database.url.href,
      INSTANCE_FILE: instance,
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  try {
    await expect.poll(() => JSON.parse(readFileSync(instance, 'utf8')).pid).toBe(child.pid);
    const { port } = JSON.parse(readFileSync(instance, 'utf8')) as { port: number };
    const answer = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    await expect.poll(() => answer('/health/ready')).toBe(200);
    expect(await answer('/openapi.json')).toBe(200);
    expect(await answer('/api/v1/notes')).toBe(401);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
});
