/** One open socket of one user. */
import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import { ProblemError } from '../../http/problem.ts';
import type { Session } from './handshake.ts';

/** Close codes beyond those of RFC 6455. */
export const TOKEN_EXPIRED = 4401;
export const WRONG_USER = 4403;
const GOING_AWAY = 1001;
const UNSUPPORTED = 1003;
const POLICY = 1008;
const TRY_LATER = 1013;

/** As long as tokens are accepted after their end, in milliseconds: clocks differ. */
const SKEW_MS = 5_000;
/** Bytes that may wait for a slow reader. */
const MOST_BUFFERED = 1024 * 1024;
/** Messages that a client may send in a minute: it has little to say. */
const MOST_MESSAGES = 30;
/** How long a close may take before the connection is cut. */
const CLOSE_MS = 3_000;

const ClientMessage = z.strictObject({ type: z.literal('authenticate'), token: z.string().min(1) });

export interface ConnectionOptions {
  readonly now: () => number;
  /** @throws ProblemError when the token is not valid. */
  readonly renew: (token: string) => Promise<Session>;
}

export class Connection {
  readonly user: string;
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  #expiresAt: number;
  #expiry: NodeJS.Timeout | undefined;
  #alive = true;
  #messages = 0;

  constructor(socket: WebSocket, session: Session, options: ConnectionOptions) {
    this.user = session.user.id;
    this.#socket = socket;
    this.#options = options;
    this.#expiresAt = session.expiresAt;
    this.#watchExpiry();
    socket.on('pong', () => (this.#alive = true));
    socket.on('message', (data, binary) => void this.#receive(data, binary));
    socket.on('close', () => clearTimeout(this.#expiry));
    // What is wrong with a connection ends it; 'close' follows.
    socket.on('error', () => undefined);
  }

  /** From here on events arrive. */
  ready(): void {
    this.#tell({ type: 'ready', userId: this.user, expiresAt: new Date(this.#expiresAt).toISOString() });
  }

  /** @param text JSON. */
  push(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MOST_BUFFERED) this.close(TRY_LATER, 'reads too slowly');
    else this.#socket.send(text);
  }

  /** Called twice in a heartbeat's time without an answer, it gives up. */
  beat(): void {
    this.#messages = 0;
    if (this.#alive) {
      this.#alive = false;
      this.#socket.ping();
    } else {
      this.#socket.terminate();
    }
  }

  goAway(): Promise<void> {
    return this.close(GOING_AWAY, 'this replica stops: connect again');
  }

  /** Resolves when the connection is gone, at the latest after three seconds. */
  close(code: number, reason: string): Promise<void> {
    const socket = this.#socket;
    if (socket.readyState === socket.CLOSED) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => socket.terminate(), CLOSE_MS);
      socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      socket.close(code, reason);
    });
  }

  async #receive(data: RawData, binary: boolean): Promise<void> {
    this.#messages += 1;
    if (this.#messages > MOST_MESSAGES) return void this.close(POLICY, 'too many messages');
    if (binary) return void this.close(UNSUPPORTED, 'send text');
    const message = ClientMessage.safeParse(parsed(String(data)));
    if (!message.success)
      return this.#tell({
        type: 'error',
        code: 'unknown-message',
        detail: 'Send {"type":"authenticate","token":"…"}.',
      });
    try {
      const { user, expiresAt } = await this.#options.renew(message.data.token);
      if (user.id !== this.user) return void this.close(WRONG_USER, 'the token is of another user');
      this.#expiresAt = expiresAt;
      this.#watchExpiry();
      this.#tell({ type: 'authenticated', expiresAt: new Date(expiresAt).toISOString() });
    } catch (error) {
      const { code, message: detail } =
        error instanceof ProblemError ? error : { code: 'internal', message: 'Try again.' };
      this.#tell({ type: 'error', code, detail });
    }
  }

  #watchExpiry(): void {
    clearTimeout(this.#expiry);
    const left = this.#expiresAt + SKEW_MS - this.#options.now();
    if (left <= 0) void this.close(TOKEN_EXPIRED, 'the token has expired');
    // A timer cannot wait longer than 2^31 ms.
    else this.#expiry = setTimeout(() => this.#watchExpiry(), Math.min(left, 2 ** 31 - 1));
  }

  #tell(message: object): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
