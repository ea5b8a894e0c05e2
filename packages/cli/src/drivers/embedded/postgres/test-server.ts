import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { readPostmasterFile } from './postmaster-file.ts';
import { isPostmasterOf, kill, orphansOf } from './processes.ts';
import type { PostgresOptions } from './start.ts';

/** Folders and servers of one test file; `close` ends and removes all of them, also after a failure. */
export class TestBed {
  /** 0700, as mkdtemp makes it: for root, the server's user cannot walk into it. */
  readonly folder = mkdtempSync(join(tmpdir(), 'hometrip-pg-'));
  readonly cache = mkdtempSync(join(tmpdir(), 'hometrip-pg-cache-'));
  private readonly dataDirs = new Set<string>();
  private readonly children = new Set<ChildProcess>();

  constructor() {
    chmodSync(this.cache, 0o755);
  }

  options(name: string, more: Partial<PostgresOptions> = {}): PostgresOptions {
    const folder = join(more.dataDir ?? this.folder, name);
    const options = { superuserPassword: 'super-secret', cache: this.cache, ...more };
    this.dataDirs.add(join(folder, 'data'));
    return { ...options, dataDir: join(folder, 'data'), log: join(folder, 'log', 'postgres.log') };
  }

  /** Runs the fixture with these options as this user, and waits for what it tells. */
  async supervisor(
    options: PostgresOptions,
    uid?: number,
  ): Promise<{ child: ChildProcess; told: SupervisorReport }> {
    const script = fileURLToPath(new URL('./supervisor.fixture.ts', import.meta.url));
    const child = spawn(process.execPath, [script, JSON.stringify(options)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      cwd: '/',
      ...(uid === undefined
        ? {}
        : { uid, gid: uid, env: { PATH: process.env['PATH'], HOME: '/nonexistent' } }),
    });
    this.children.add(child);
    const lines = createInterface({ input: child.stdout });
    const [line] = (await Promise.race([
      once(lines, 'line'),
      once(child, 'exit').then(([code]) =>
        Promise.reject(new Error(`the supervisor ended with ${String(code)}`)),
      ),
    ])) as [string];
    return { child, told: JSON.parse(line) as SupervisorReport };
  }

  async close(): Promise<void> {
    for (const child of this.children) child.kill('SIGKILL');
    for (const dataDir of this.dataDirs) {
      const owner = await readPostmasterFile(dataDir).catch(() => undefined);
      if (owner !== undefined && (await isPostmasterOf(owner.pid, dataDir))) kill(owner.pid, 'SIGKILL');
      for (const pid of await orphansOf(dataDir)) kill(pid, 'SIGKILL');
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    rmSync(this.cache, { recursive: true, force: true, maxRetries: 5 });
  }
}

export interface SupervisorReport {
  readonly pid: number;
  readonly port: number;
  readonly adopted: boolean;
  readonly url: string;
  readonly uid: number;
}

export async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  // A server that is killed ends connections with an error event.
  client.on('error', () => undefined);
  try {
    return (await client.query({ text, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

/** The same server with other credentials or another database. */
export function urlFor(url: string, user: string, password: string, database: string): string {
  const target = new URL(url);
  target.username = user;
  target.password = password;
  target.pathname = `/${database}`;
  return target.href;
}
