/** Between a caller and one target: a circuit breaker, and a bulkhead in front of it. */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  BrokenCircuitError,
  bulkhead,
  type BulkheadPolicy,
  BulkheadRejectedError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ExponentialBackoff,
  handleWhenResult,
  SamplingBreaker,
  TaskCancelledError,
} from 'cockatiel';
import { type ProblemError, unavailable } from '../http/problem.ts';
import type { CallMetrics } from './metrics.ts';
import type { ResolvedPolicy } from './policy.ts';

/** What a call says about its target; `unknown`: nothing, since the caller gave up. */
export type Verdict = 'well' | 'failed' | 'unknown';

export interface Judged {
  readonly verdict: Verdict;
}

export class Guard {
  readonly #service: string;
  readonly #metrics: CallMetrics;
  readonly #breaker: CircuitBreakerPolicy | undefined;
  readonly #bulkhead: BulkheadPolicy | undefined;

  constructor(service: string, policy: ResolvedPolicy, metrics: CallMetrics) {
    this.#service = service;
    this.#metrics = metrics;
    const { breaker, bulkhead: limits } = policy;
    if (breaker !== false) {
      const { threshold, windowMs, minimumCalls, openMs, maxOpenMs } = breaker;
      this.#breaker = circuitBreaker(
        handleWhenResult((result) => (result as Judged).verdict !== 'well'),
        {
          breaker: new SamplingBreaker({
            threshold,
            duration: windowMs,
            minimumRps: minimumCalls / (windowMs / 1_000),
          }),
          halfOpenAfter: new ExponentialBackoff({ initialDelay: openMs, maxDelay: maxOpenMs }),
        },
      );
      metrics.breaker(service, 'closed');
      this.#breaker.onStateChange((state) => metrics.breaker(service, STATES[state]));
    }
    if (limits !== false) {
      const slots = bulkhead(limits.concurrent, limits.queued);
      this.#bulkhead = slots;
      metrics.bulkhead(service, () => ({
        active: limits.concurrent - slots.executionSlots,
        queued: limits.queued - slots.queueSlots,
      }));
    }
  }

  /** @throws Refusal of a call that is not made; TaskCancelledError when its turn does not come in time; whatever `work` throws, which says nothing about the target. */
  async run<T extends Judged>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const slots = this.#bulkhead;
    if (slots === undefined) return this.#throughBreaker(work);
    const turn = slots.executionSlots > 0;
    try {
      const run = () => this.#throughBreaker(work);
      // Whoever ends a call starts the next one that waits: it must not be made in their name.
      const result = slots.execute(turn ? run : AsyncLocalStorage.bind(run), signal);
      return await (turn ? result : Promise.race([result, cancelled(signal)]));
    } catch (error) {
      if (!(error instanceof BulkheadRejectedError)) throw error;
      this.#metrics.refused(this.#service, 'bulkhead');
      throw new Refusal(
        unavailable(`Too many calls to ${this.#service} are under way.`, 1, 'too-many-calls'),
      );
    }
  }

  async #throughBreaker<T extends Judged>(work: () => Promise<T>): Promise<T> {
    const breaker = this.#breaker;
    if (breaker === undefined) return work();
    // One call finds out; the others need not wait for it.
    if (breaker.state === CircuitState.HalfOpen) throw this.#broken();
    try {
      const result = await breaker.execute(async () => {
        try {
          const judged = await work();
          // Not counted, neither for nor against. But the one that should find out has not: that is no recovery.
          if (judged.verdict === 'unknown' && breaker.state !== CircuitState.HalfOpen)
            throw new Uncounted(judged);
          return judged;
        } catch (error) {
          // The library takes an error that it was not told of for a success. Nobody was found to ask: that is no recovery either.
          if (breaker.state !== CircuitState.HalfOpen) throw error;
          return new Unasked(error);
        }
      });
      if (result instanceof Unasked) throw result.reason;
      return result;
    } catch (error) {
      if (error instanceof Uncounted) return error.result as T;
      throw error instanceof BrokenCircuitError ? this.#broken() : error;
    }
  }

  #broken(): Error {
    this.#metrics.refused(this.#service, 'breaker');
    return new Refusal(
      unavailable(`${this.#service} keeps failing; it is left alone for a moment.`, 1, 'circuit-open'),
    );
  }
}

/** A call that was not made, with what the caller is told. */
export class Refusal extends Error {
  readonly problem: ProblemError;
  constructor(problem: ProblemError) {
    super(problem.message);
    this.problem = problem;
  }
}

class Unasked implements Judged {
  readonly verdict = 'unknown';
  readonly reason: unknown;
  constructor(reason: unknown) {
    this.reason = reason;
  }
}

class Uncounted extends Error {
  readonly result: Judged;
  constructor(result: Judged) {
    super('says nothing');
    this.result = result;
  }
}

const STATES: Readonly<Record<CircuitState, 'closed' | 'open' | 'half_open'>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
};

/** For those who wait for their turn: the library looks at the signal only when it comes. */
function cancelled(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new TaskCancelledError()), { once: true });
  });
}
