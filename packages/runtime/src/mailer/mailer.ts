import { backoff, pause } from '../backoff.ts';
import type { Port, PortOptions } from '../port.ts';
import { type Mailbox, parseSender } from './address.ts';
import { MailRefusedError, MailUnavailableError } from './errors.ts';
import { compose, type Mail } from './message.ts';
import { type MailerMetrics, mailerMetrics, type Outcome } from './metrics.ts';
import { DeliveryError, type MailAdapter, type Parcel, type Refusal } from './port.ts';

/** What a mailer is opened with. */
export interface MailerOptions extends PortOptions {
  /** Who sends, unless a mail says otherwise: `HomeTrip <no-reply@example.com>`. */
  readonly from: string;
  /** How often a mail is tried within one call of `send`. Default 4. */
  readonly attempts?: number | undefined;
  /** The pauses between them, in milliseconds: doubled each time, with jitter. Default from 250 up to 4000. */
  readonly retry?: { readonly base: number; readonly max: number } | undefined;
  /** For all attempts at one mail, in milliseconds. Default 30 s. */
  readonly timeoutMs?: number | undefined;
}

export interface SendOptions {
  /** Gives the mail up when aborted. */
  readonly signal?: AbortSignal | undefined;
}

export interface Sent {
  /** The Message-ID, without its angle brackets: what the mail server's own log has. */
  readonly id: string;
}

/** What is under way may end for so long when the port closes. */
const CLOSE_MS = 2_000;

/**
 * Sends mail: checks it, composes it, and repeats what is safe to repeat.
 *
 * There is no `check`: while its mail server is away a service stays ready. Mail is for later by its nature; consumers of events
 * keep theirs, and taking all replicas out of service would make an outage of a delay. `mailer_available` says so instead.
 */
export class Mailer implements Port {
  readonly #adapter: MailAdapter;
  readonly #options: MailerOptions;
  readonly #from: Mailbox;
  readonly #metrics: MailerMetrics;
  readonly #stop = new AbortController();
  readonly #sending = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;
  #troubled = false;

  /** @throws TypeError when the sender is not an address. */
  constructor(adapter: MailAdapter, options: MailerOptions) {
    this.#adapter = adapter;
    this.#options = options;
    this.#from = parseSender(options.from, 'the sender');
    this.#metrics = mailerMetrics(options.metrics);
  }

  /**
   * Resolves when the server has taken responsibility for all recipients: it is on its way, which is not yet arrived.
   *
   * Repeats while the server is away or does not want it now, never what the server may have taken already.
   * @throws MailRefusedError when repeating does not help, MailUnavailableError when it does, and the signal's reason.
   */
  async send(mail: Mail, { signal }: SendOptions = {}): Promise<Sent> {
    signal?.throwIfAborted();
    const startedAt = performance.now();
    const sending = this.#send(mail, signal);
    this.#sending.add(sending);
    try {
      const sent = await sending;
      this.#ended(mail, 'sent', startedAt);
      return sent;
    } catch (error) {
      this.#ended(mail, outcomeOf(error), startedAt);
      throw error;
    } finally {
      this.#sending.delete(sending);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Nobody waits for another attempt any more; the one under way may end.
    this.#stop.abort();
    const patience = new AbortController();
    await Promise.race([Promise.allSettled(this.#sending), pause(CLOSE_MS, patience.signal)]);
    patience.abort();
    await this.#adapter.close();
  }

  async #send(mail: Mail, signal: AbortSignal | undefined): Promise<Sent> {
    const { service, clock, log, timeoutMs = 30_000 } = this.#options;
    const parcel = await compose(mail, { service, from: this.#from, now: clock.now() }).catch(
      (error: unknown) => {
        throw error instanceof TypeError ? new InvalidMailError(error.message) : error;
      },
    );
    const limit = AbortSignal.timeout(timeoutMs);
    try {
      await this.#deliver(parcel, signal === undefined ? limit : AbortSignal.any([signal, limit]));
    } catch (error) {
      // Only what is certainly not sent is simply given up.
      if (signal?.aborted === true && !isUncertain(error)) throw signal.reason;
      throw error;
    }
    log.info({ mail: mail.name, messageId: parcel.id, recipients: parcel.to.length }, 'Mail was handed over');
    return { id: parcel.id };
  }

  /** Until everyone has got it, or was refused for good, or it was tried often enough. */
  async #deliver(parcel: Parcel, signal: AbortSignal): Promise<void> {
    const { attempts = 4, retry = { base: 250, max: 4_000 } } = this.#options;
    const refused: Refusal[] = [];
    const accepted: string[] = [];
    let to = parcel.to;
    for (let attempt = 1; ; attempt += 1) {
      if (this.#stop.signal.aborted)
        throw new MailUnavailableError('away', 'the mailer was closed', accepted);
      let failure: { kind: 'away' | 'deferred'; reason: string };
      try {
        const refusals = await this.#adapter.deliver({ ...parcel, to }, signal);
        this.#available();
        refused.push(...refusals.filter(({ permanent }) => permanent));
        const deferred = refusals.filter(({ permanent }) => !permanent);
        const listed = new Set(refusals.map(({ address }) => address));
        accepted.push(...to.filter((address) => !listed.has(address)));
        to = deferred.map(({ address }) => address);
        if (to.length === 0) break;
        failure = { kind: 'deferred', reason: deferred[0]?.reply ?? '' };
      } catch (error) {
        if (!(error instanceof DeliveryError)) throw error;
        if (error.failure === 'refused')
          throw new MailRefusedError(
            error.message,
            [...refused, ...to.map((address) => ({ address, permanent: true, reply: error.message }))],
            accepted,
          );
        if (error.failure === 'unusable' || error.failure === 'uncertain') {
          this.#unavailable(error.message);
          throw new MailUnavailableError(error.failure, error.message, accepted);
        }
        failure = { kind: error.failure, reason: error.message };
      }
      if (attempt < attempts && !signal.aborted)
        await pause(backoff(attempt, retry), AbortSignal.any([signal, this.#stop.signal]));
      if (attempt >= attempts || signal.aborted) {
        if (failure.kind === 'away') this.#unavailable(failure.reason);
        throw new MailUnavailableError(failure.kind, failure.reason, accepted);
      }
      this.#metrics.repeated();
    }
    if (refused.length > 0) throw new MailRefusedError(refused[0]?.reply ?? '', refused, accepted);
  }

  #ended({ name }: Mail, outcome: Outcome, startedAt: number): void {
    this.#metrics.ended(String(name).slice(0, 64), outcome, (performance.now() - startedAt) / 1_000);
  }

  #available(): void {
    this.#metrics.available(true);
    if (this.#troubled) this.#options.log.info('Mail can be sent again');
    this.#troubled = false;
  }

  /** Once per trouble, not once per mail. A connection that was lost and made again is none. */
  #unavailable(reason: string): void {
    this.#metrics.available(false);
    if (!this.#troubled) this.#options.log.warn({ reason }, 'Mail cannot be sent at the moment');
    this.#troubled = true;
  }
}

/** For the metrics: told apart from what a server refuses. */
class InvalidMailError extends MailRefusedError {}

const isUncertain = (error: unknown): boolean =>
  error instanceof MailUnavailableError && error.code === 'mail-uncertain';

function outcomeOf(error: unknown): Outcome {
  if (error instanceof InvalidMailError) return 'invalid';
  if (error instanceof MailRefusedError) return 'refused';
  if (error instanceof MailUnavailableError)
    return error.code === 'mail-uncertain'
      ? 'uncertain'
      : error.code === 'mail-deferred'
        ? 'deferred'
        : 'unavailable';
  return 'aborted';
}
