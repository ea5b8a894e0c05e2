import type { Port } from '../port.ts';

/** One message on its way. */
export interface Parcel {
  /** The Message-ID without its angle brackets, the same for each attempt at the same mail: 32 hex digits, `@`, a domain. */
  readonly id: string;
  /** Who gets the bounces: an address, nothing else. */
  readonly from: string;
  /** Who gets the message: one address at least, none twice. Says more than the message's own headers: blind copies. */
  readonly to: readonly string[];
  /** The message as RFC 5322 has it, with CRLF at the end of each line. */
  readonly content: Buffer;
}

/** A recipient that the server does not take mail for. */
export interface Refusal {
  readonly address: string;
  /** It would be refused again (5xx); otherwise it may be taken later (4xx). */
  readonly permanent: boolean;
  /** Without addresses: `550 5.1.1 no such user`. */
  readonly reply: string;
}

/**
 * Why an attempt failed for all recipients.
 *
 * - `away`: the server cannot be reached, or was lost before it could have taken the message
 * - `deferred`: it is there, and does not take this message now (4xx)
 * - `refused`: it will never take this message (5xx)
 * - `unusable`: it does not let us in, whatever the message: password, certificate, no TLS
 * - `uncertain`: it may have taken the message, or not: it was lost between the end of the message and its answer
 */
export type DeliveryFailure = 'away' | 'deferred' | 'refused' | 'unusable' | 'uncertain';

export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly failure: DeliveryFailure;
  /** @param message For logs: no addresses, no content, no secrets. */
  constructor(failure: DeliveryFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

/**
 * What takes mail. One call is one attempt: repeating, its pace and its limits are the business of the Mailer above it.
 *
 * It has no `check`: a service stays ready while its mail server is away (see Mailer).
 */
export interface MailAdapter extends Port {
  /**
   * Resolves when all recipients are settled: the message is safe with the server for everyone whom the result does not
   * list. Where the server refuses all of them, all are listed, and nothing was handed over.
   *
   * When `signal` is aborted it gives up at once, as `away`, or `uncertain` when the message may have been taken.
   * @throws DeliveryError, and nothing else; unless it is `uncertain`, the message was not delivered.
   */
  deliver(parcel: Parcel, signal: AbortSignal): Promise<readonly Refusal[]>;
  /** Gives up what is under way. */
  close(): Promise<void>;
}
