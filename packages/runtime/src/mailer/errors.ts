import { ProblemError } from '../http/problem.ts';
import type { DeliveryFailure, Refusal } from './port.ts';

/**
 * The mail will not be taken, however often it is sent: an address that does not exist or is not one, a message that the server
 * does not want. Catch it where mail is sent, since repeating does not help.
 */
export class MailRefusedError extends Error {
  override readonly name = 'MailRefusedError';
  readonly code = 'mail-refused';
  readonly #refused: readonly Refusal[];
  readonly #accepted: readonly string[];

  /** @param reason For logs: no addresses, no content. */
  constructor(reason: string, refused: readonly Refusal[] = [], accepted: readonly string[] = []) {
    super(`The mail was refused: ${reason}`);
    this.#refused = refused;
    this.#accepted = accepted;
  }

  // Accessors, which loggers leave alone: they write down every property that an error has of its own.

  /** The recipients who do not get it, and why; empty when it was refused before any of them was asked for. */
  get refused(): readonly Refusal[] {
    return this.#refused;
  }

  /** The recipients who get it all the same. */
  get accepted(): readonly string[] {
    return this.#accepted;
  }
}

type Unsent = Exclude<DeliveryFailure, 'refused'>;

const DETAILS: Readonly<Record<Unsent, readonly [code: string, detail: string]>> = {
  away: ['mail-unavailable', 'Mail cannot be sent at the moment.'],
  unusable: ['mail-unavailable', 'Mail cannot be sent at the moment.'],
  deferred: ['mail-deferred', 'The mail is not taken at the moment.'],
  uncertain: ['mail-uncertain', 'It is not known whether the mail was sent.'],
};

/**
 * The mail was not sent, and may be sent again: at once where `code` is `mail-unavailable` or `mail-deferred`. With
 * `mail-uncertain` the server was lost while it held the whole message, so sending it again may send it twice (under the same
 * Message-ID, if it has a `key`). Answers 503 where it is not caught.
 */
export class MailUnavailableError extends ProblemError {
  readonly #accepted: readonly string[];

  /** @param reason For logs, not for clients: no addresses, no content. */
  constructor(failure: Unsent, reason: string, accepted: readonly string[] = []) {
    const [code, detail] = DETAILS[failure];
    super({ status: 503, code, detail, headers: { 'retry-after': '5' }, cause: new Error(reason) });
    this.#accepted = accepted;
  }

  /** The recipients who have got it: sent again, it reaches them twice. */
  get accepted(): readonly string[] {
    return this.#accepted;
  }
}
