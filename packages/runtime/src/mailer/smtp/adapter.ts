import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import type { PortOptions } from '../../port.ts';
import type { DeliveryError, MailAdapter, Parcel, Refusal } from '../port.ts';
import { isLoopback, type SmtpAddress, smtpAddress } from './address.ts';
import { deliveryError, refusalOf, type SmtpError } from './failures.ts';

/** Servers keep a client waiting on purpose, but not for longer. */
const CONNECT_MS = 10_000;
/** Without an answer for so long the server is lost. */
const SILENCE_MS = 20_000;
const PIECE = 16 * 1024;

const transportTo = ({ host, port, tls, user, password }: SmtpAddress) =>
  createTransport({
    pool: true,
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    // The Mailer repeats: it alone knows what is safe to repeat.
    maxRequeues: 0,
    maxConnections: 5,
    maxMessages: 1_000,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    socketCloseTimeout: 1_000,
  });

/** Piece by piece, so that what was read is what the server can have. */
function* pieces(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += PIECE) yield content.subarray(at, at + PIECE);
}

/** A server for submission or a relay, over a pool of connections; opened when mail is sent. */
class SmtpAdapter implements MailAdapter {
  readonly #transport: ReturnType<typeof transportTo>;
  /** The messages under way, as they are read for the server. */
  readonly #outgoing = new WeakMap<AbortSignal, Readable>();

  constructor(address: SmtpAddress) {
    this.#transport = transportTo(address);
    this.#transport.use('stream', ({ message, data: { signal } }, done) => {
      const open = message.createReadStream.bind(message);
      message.createReadStream = (options) => {
        const stream = open(options);
        if (signal !== undefined) this.#outgoing.set(signal, stream);
        return stream;
      };
      done();
    });
  }

  async deliver({ id, from, to, content }: Parcel, signal: AbortSignal): Promise<readonly Refusal[]> {
    // One of its own for each attempt, by which the attempt is found again.
    const own = AbortSignal.any([signal]);
    try {
      const { rejectedErrors = [] } = await this.#transport.sendMail({
        envelope: { from, to: [...to] },
        messageId: `<${id}>`,
        raw: Readable.from(pieces(content)),
        signal: own,
      });
      return rejectedErrors.map(refusalOf);
    } catch (error) {
      const { rejectedErrors = [] } = error as SmtpError;
      const failure = this.#failure(error as SmtpError, own);
      // Refused one by one, each with an answer of its own.
      if (
        failure.failure !== 'unusable' &&
        rejectedErrors.length === to.length &&
        this.#outgoing.get(own)?.readableDidRead !== true
      )
        return rejectedErrors.map(refusalOf);
      throw failure;
    }
  }

  async close(): Promise<void> {
    this.#transport.close({ force: true });
  }

  #failure(error: SmtpError, own: AbortSignal): DeliveryError {
    // Read to its end, its last line may have reached the server; read in part only, it cannot have.
    return deliveryError(error, this.#outgoing.get(own)?.readableEnded === true);
  }
}

/** Greets the server and logs in, and sends nothing. @throws SmtpError why it would not do. */
export async function verifySmtp(url: URL): Promise<void> {
  const transport = transportTo(smtpAddress(url));
  try {
    await transport.verify();
  } finally {
    transport.close({ force: true });
  }
}

/** @param url `smtps://user@host:465`, `smtp://user@host:587` */
export async function openSmtp(url: URL, { log }: PortOptions): Promise<MailAdapter> {
  const address = smtpAddress(url);
  if (address.tls === 'none' && !isLoopback(address.host))
    log.warn(
      { server: address.server },
      'Mail goes to its server without TLS: others on the way can read it',
    );
  return new SmtpAdapter(address);
}
