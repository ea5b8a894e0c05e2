import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '../../../model/stack.ts';
import type { StateDir } from '../../../platform/state-dir.ts';
import { attach, ensureDatabases, startPostgres, type RunningPostgres } from '../postgres/index.ts';
import { SUPERUSER_SECRET, readSecret } from '../secrets.ts';
import { embeddedDatabases } from '../substitutes.ts';

const MAX_PAUSE_MS = 10_000;

/** The embedded PostgreSQL under supervision: adopted or started, and started again when it dies. */
export class DatabaseServer {
  state: 'starting' | 'ready' | 'failed' | undefined;
  reason: string | undefined;
  #running: RunningPostgres | undefined;
  #stopping = false;
  readonly #dir: StateDir;
  readonly #moved: () => void;

  /** `moved`: it had to take another port, and whoever is connected has to be started anew. */
  constructor(dir: StateDir, moved: () => void) {
    this.#dir = dir;
    this.#moved = moved;
  }

  get pid(): number | undefined {
    return this.#running?.pid;
  }

  get port(): number | undefined {
    return this.#running?.port;
  }

  /** Takes over a server that runs already. */
  async adopt(): Promise<void> {
    const running = await attach(this.#options(undefined)).catch(() => undefined);
    if (running !== undefined) this.#take(running);
  }

  async start(preferredPort: number | undefined): Promise<void> {
    if (this.state === 'ready') return;
    this.state = 'starting';
    try {
      this.#take(await startPostgres(this.#options(preferredPort)));
    } catch (error) {
      this.state = 'failed';
      this.reason = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }

  async createDatabases(stack: Stack): Promise<void> {
    if (this.#running === undefined) return;
    const specs = embeddedDatabases(stack).map(({ name, secret, extensions }) => ({
      name,
      owner: name,
      password: readSecret(this.#dir, secret),
      extensions,
    }));
    await ensureDatabases(this.#running.url(), specs);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running?.stop('fast');
    this.#running = undefined;
    this.state = undefined;
  }

  #take(running: RunningPostgres): void {
    this.#running = running;
    this.state = 'ready';
    this.reason = undefined;
    void running.exited.then(() => this.#revive(running.port));
  }

  /** Committed rows are safe; the services reconnect by themselves as long as the port stays. */
  async #revive(port: number): Promise<void> {
    for (let pause = 0; !this.#stopping; pause = Math.min(MAX_PAUSE_MS, pause * 2 + 100)) {
      this.state = 'starting';
      await delay(pause);
      try {
        const running = await startPostgres(this.#options(port));
        if (this.#stopping) return await running.stop('fast');
        this.#take(running);
        if (running.port !== port) this.#moved();
        return;
      } catch (error) {
        this.state = 'failed';
        this.reason = error instanceof Error ? error.message : String(error);
      }
    }
  }

  #options(port: number | undefined): Parameters<typeof startPostgres>[0] {
    return {
      dataDir: this.#dir.postgres,
      log: join(this.#dir.logs, 'postgres.log'),
      superuserPassword: readSecret(this.#dir, SUPERUSER_SECRET),
      ...(port === undefined ? {} : { port }),
    };
  }
}
