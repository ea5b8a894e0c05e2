/** Whether this instance can do its work now: named checks of what it depends on. */
import type { Logger } from '../log.ts';

export interface Check {
  /** `database` */
  readonly name: string;
  /** False: the service goes on without, and only says so. Whatever all replicas share would take all of them away at once. */
  readonly required: boolean;
  /** Throws, or takes too long, when it is not usable. */
  run(): Promise<void>;
}

export interface Readiness {
  readonly ready: boolean;
  /** `degraded`: ready, while something that it can go on without is away. */
  readonly status: 'ready' | 'degraded' | 'starting' | 'draining' | 'unavailable';
  /** `ok`, or what is wrong. */
  readonly checks: Readonly<Record<string, string>>;
}

/** Probes may come from several sides every second; what they depend on is asked at most this often (ms). */
const FRESH = 500;
const TIMEOUT = 2_000;

export class ReadinessProbe {
  readonly #checks: readonly Check[];
  readonly #phase: () => 'starting' | 'running' | 'draining';
  readonly #log: Logger;
  /** Checks of which the log was told that they fail. */
  readonly #away = new Set<string>();
  #last: { at: number; result: Promise<Readonly<Record<string, string>>> } | undefined;

  constructor(checks: readonly Check[], phase: () => 'starting' | 'running' | 'draining', log: Logger) {
    this.#checks = checks;
    this.#phase = phase;
    this.#log = log;
  }

  async read(): Promise<Readiness> {
    const phase = this.#phase();
    // The answer is known: do not bother what is being closed.
    if (phase === 'draining') return { ready: false, status: 'draining', checks: {} };
    const now = performance.now();
    if (this.#last === undefined || now - this.#last.at > FRESH)
      this.#last = { at: now, result: this.#run() };
    const checks = await this.#last.result;
    const failing = this.#checks.filter(({ name }) => checks[name] !== 'ok');
    const healthy = !failing.some(({ required }) => required);
    const ready = healthy && phase === 'running';
    const status = ready
      ? failing.length === 0
        ? 'ready'
        : 'degraded'
      : healthy
        ? 'starting'
        : 'unavailable';
    return { ready, status, checks };
  }

  async #run(): Promise<Readonly<Record<string, string>>> {
    const results = await Promise.all(
      this.#checks.map(async (check) => {
        const result = await outcome(check);
        this.#tell(check, result);
        return [check.name, result] as const;
      }),
    );
    return Object.fromEntries(results);
  }

  /** When it changes, not at every probe. */
  #tell({ name, required }: Check, result: string): void {
    const isAway = result !== 'ok';
    if (isAway === this.#away.has(name) || this.#phase() === 'draining') return;
    if (isAway) {
      this.#away.add(name);
      const message = required
        ? `not ready: ${name} cannot be used`
        : `${name} cannot be used; going on without`;
      this.#log.warn({ check: name, reason: result }, message);
    } else {
      this.#away.delete(name);
      this.#log.info({ check: name }, `${name} can be used again`);
    }
  }
}

async function outcome(check: Check): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer in ${TIMEOUT} ms`), TIMEOUT);
  });
  try {
    return await Promise.race([check.run().then(() => 'ok'), timeout]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}
