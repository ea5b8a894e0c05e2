/**
 * A request that comes twice with one Idempotency-Key takes effect once and gets one answer. Key, effect and answer are written in
 * one transaction of the service's own store: a crash leaves all of them or none.
 */
import { createHash } from 'node:crypto';
import { backoff, pause } from '../backoff.ts';
import type { Context } from '../context.ts';
import type { StoreTx } from '../events/message-store.ts';
import { conflict, ProblemError, unprocessable } from '../http/problem.ts';
import type { Logger } from '../log.ts';
import type { AnswerStore, KeptAnswer, RequestKey } from './port.ts';

/** How long an answer is kept, in seconds. */
export const KEPT_SECONDS = 24 * 3_600;
/** How long the second of two requests waits for the first, in milliseconds. */
const PATIENCE_MS = 3_000;
const SWEEP_MS = 3_600_000;
/** After the start: whoever is replaced more often than every hour sweeps too. */
const FIRST_SWEEP_MS = 60_000;

export interface IdempotencyOptions {
  readonly store: AnswerStore;
  transaction<T>(work: (tx: StoreTx) => Promise<T>): Promise<T>;
  /** What repositories of that store know their transactions by. */
  readonly owner: object;
  /** Makes what cannot be made within a transaction, such as collections. */
  prepare?(): Promise<void>;
  readonly log: Logger;
}

/** Its transaction is set while the effect is made, for all that writes to the store meanwhile. */
export type Working = { -readonly [K in 'transaction']: Context[K] } & Pick<Context, 'signal'>;

export class Idempotency {
  readonly #options: IdempotencyOptions;
  readonly #timers: readonly NodeJS.Timeout[];
  /** Requests of this replica that are under way, by caller and key: the others wait for them here, not in the store. */
  readonly #running = new Map<string, Promise<unknown>>();

  constructor(options: IdempotencyOptions) {
    this.#options = options;
    const sweep = () =>
      options.store
        .expire(KEPT_SECONDS)
        .catch((error: unknown) => options.log.warn({ err: error }, 'old answers could not be removed'));
    this.#timers = [
      setTimeout(() => void sweep(), FIRST_SWEEP_MS).unref(),
      setInterval(() => void sweep(), SWEEP_MS).unref(),
    ];
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /**
   * @param content What must be the same when it comes again.
   * @param work Makes the effect, and what is answered. It runs again when the store asks for it.
   * @throws ProblemError 409 while another request with this key is under way, 422 when it was another request; whatever `work` throws:
   * then nothing of it remains, and the key is free.
   */
  async once(
    context: Working,
    request: RequestKey,
    content: string,
    work: () => Promise<KeptAnswer>,
  ): Promise<{ readonly answer: KeptAnswer; readonly replayed: boolean }> {
    const { store, prepare } = this.#options;
    await Promise.all([store.prepare(), prepare?.()]);
    const fingerprint = createHash('sha256').update(content).digest('base64url');
    const end = performance.now() + PATIENCE_MS;
    const id = JSON.stringify([request.caller, request.key]);
    for (let attempt = 1; ; attempt += 1) {
      const rival = this.#running.get(id);
      if (rival === undefined) {
        const result = await this.#alone(id, () => this.#try(context, request, fingerprint, work));
        if (result !== undefined) return result;
        await pause(backoff(attempt, { base: 10, max: 200 }), context.signal);
      } else {
        await settled(rival, end - performance.now());
      }
      if (performance.now() >= end || context.signal?.aborted === true) throw inUse();
    }
  }

  async #alone<T>(id: string, work: () => Promise<T>): Promise<T> {
    const running = work();
    this.#running.set(id, running);
    try {
      return await running;
    } finally {
      this.#running.delete(id);
    }
  }

  /** @returns undefined while another replica has the key. */
  async #try(
    context: Working,
    request: RequestKey,
    fingerprint: string,
    work: () => Promise<KeptAnswer>,
  ): Promise<{ readonly answer: KeptAnswer; readonly replayed: boolean } | undefined> {
    const { store, transaction, owner } = this.#options;
    return await transaction(async (tx) => {
      const claim = await store.claim(tx, request, fingerprint, KEPT_SECONDS);
      if (claim === 'busy') return undefined;
      if (claim !== 'claimed') return { ...known(claim, fingerprint), replayed: true };
      context.transaction = { owner, tx };
      try {
        const answer = await work();
        await store.keep(tx, request, answer);
        return { answer, replayed: false };
      } finally {
        context.transaction = undefined;
      }
    });
  }
}

/** Waits for the end of it, however it ends, but not for longer. */
async function settled(work: Promise<unknown>, milliseconds: number): Promise<void> {
  const over = new AbortController();
  const ended = work.then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([ended, pause(Math.max(0, milliseconds), over.signal)]);
  over.abort();
}

function known(
  claim: { readonly fingerprint: string; readonly answer: KeptAnswer | undefined },
  fingerprint: string,
): { readonly answer: KeptAnswer } {
  if (claim.fingerprint !== fingerprint)
    throw unprocessable(
      'This Idempotency-Key was used for another request. Use a new one for each request.',
      undefined,
      'idempotency-key-reused',
    );
  if (claim.answer === undefined) throw inUse();
  return { answer: claim.answer };
}

function inUse(): ProblemError {
  const { status, code, detail } = conflict(
    'A request with this Idempotency-Key is under way. Repeat it in a moment to get its answer.',
    'idempotency-key-in-use',
  );
  return new ProblemError({ status, code, detail, headers: { 'retry-after': '1' } });
}
