import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '../../../model/stack.ts';
import type { StateDir } from '../../../platform/state-dir.ts';
import {
  attach,
  ensureDatabases,
  passwordFits,
  renameDatabase,
  startPostgres,
  type RunningPostgres,
} from '../postgres/index.ts';
import { SUPERUSER_SECRET, ensureSecretsOfServer, readSecret } from '../secrets.ts';
import { embeddedDatabases } from '../substitutes.ts';
import type { Journal } from './journal.ts';
import { describeExit } from './process-handle.ts';

const MAX_PAUSE_MS = 10_000;

/** The embedded PostgreSQL under supervision: adopted or started, and started again when it dies. */
export class DatabaseServer {
  state: 'starting' | 'ready' | 'failed' | undefined;
  reason: string | undefined;
  #running: RunningPostgres | undefined;
  #stopping = false;
  readonly #dir: StateDir;
  readonly #moved: () => void;
  readonly #journal: Journal;

  /** `moved`: it had to take another port, and whoever is connected has to be started anew. */
  constructor(dir: StateDir, moved: () => void, journal: Journal) {
    this.#dir = dir;
    this.#moved = moved;
    this.#journal = journal;
  }

  get pid(): number | undefined {
    return this.#running?.pid;
  }

  get port(): number | undefined {
    return this.#running?.port;
  }

  /** Takes over a server that runs already. */
  async adopt(): Promise<void> {
    const options = this.#options(undefined);
    const running = await attach(options).catch(() => undefined);
    if (running === undefined) return;
    // The superuser's password is lost: the server is started anew with another one.
    this.#take((await passwordFits(running).catch(() => true)) ? running : await startPostgres(options));
  }

  async start(preferredPort: number | undefined): Promise<void> {
    if (this.state === 'ready') return;
    this.state = 'starting';
    try {
      this.#take(await startPostgres(this.#options(preferredPort)));
    } catch (error) {
      this.#fail(error);
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

  async renameDatabase(from: string, to: string): Promise<void> {
    if (this.#running !== undefined) await renameDatabase(this.#running.url(), from, to);
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
    const { pid, port } = running;
    const what = running.adopted ? 'runs already and was taken over' : 'started';
    this.#journal('info', `PostgreSQL ${what}`, { pid, port });
    void running.exited.then((exit) => {
      if (this.#stopping) this.#journal('info', 'PostgreSQL stopped', { pid, ...exit });
      else this.#journal('error', `PostgreSQL ${describeExit(exit)} and is started again`, { pid, ...exit });
      return this.#revive(port);
    });
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
        this.#fail(error);
      }
    }
  }

  #fail(error: unknown): void {
    this.state = 'failed';
    this.reason = error instanceof Error ? error.message : String(error);
    this.#journal('error', 'PostgreSQL did not start', { reason: this.reason });
  }

  #options(port: number | undefined): Parameters<typeof startPostgres>[0] {
    ensureSecretsOfServer(this.#dir);
    return {
      dataDir: this.#dir.postgres,
      log: join(this.#dir.logs, 'postgres.log'),
      superuserPassword: readSecret(this.#dir, SUPERUSER_SECRET),
      ...(port === undefined ? {} : { port }),
    };
  }
}
