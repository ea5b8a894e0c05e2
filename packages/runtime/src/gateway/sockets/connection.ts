/** One open socket of one user. */
import type { RawData, WebSocket } from 'ws';
import { ProblemError } from '../../http/problem.ts';
import type { Session } from './handshake.ts';
import type { SocketMetrics } from './metrics.ts';
import { type ClientMessage, parseClientMessage, type ServerMessage } from './protocol.ts';

/** Close codes beyond those of RFC 6455. */
export const TOKEN_EXPIRED = 4401;
export const WRONG_USER = 4403;
export const TOKEN_REVOKED = 4410;
const GOING_AWAY = 1001;
const UNSUPPORTED = 1003;
const POLICY = 1008;
const TRY_LATER = 1013;

/** As long as tokens are accepted after their end, in milliseconds: clocks differ. */
const SKEW_MS = 5_000;
/** Bytes that may wait for a slow reader. */
const MOST_BUFFERED = 1024 * 1024;
/** Bytes that may wait before the next message of the past is sent. */
const PACE_BUFFERED = 64 * 1024;
/** Messages that a client may send between two heartbeats: it has little to say. */
const MOST_MESSAGES = 120;
/** How long a close may take before the connection is cut. */
const CLOSE_MS = 3_000;

export interface ConnectionOptions {
  readonly now: () => number;
  readonly metrics: SocketMetrics;
  /** @throws ProblemError when the token is not valid. */
  readonly renew: (token: string) => Promise<Session>;
  /** Everything that is not about the token. Must not throw. */
  readonly handle: (message: ClientMessage) => Promise<void>;
  /** The token was renewed. Must not throw. */
  readonly renewed: () => Promise<void>;
}

export class Connection {
  readonly user: string;
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  #session: Session;
  #expiry: NodeJS.Timeout | undefined;
  #alive = true;
  #messages = 0;
  /** Handles messages in their order. */
  #handled: Promise<void> = Promise.resolve();
  #waitingToSend: (() => void)[] = [];

  constructor(socket: WebSocket, session: Session, options: ConnectionOptions) {
    this.user = session.user.id;
    this.#socket = socket;
    this.#options = options;
    this.#session = session;
    this.#watchExpiry();
    socket.on('pong', () => (this.#alive = true));
    socket.on('message', (data, binary) => this.#receive(data, binary));
    socket.on('close', () => {
      clearTimeout(this.#expiry);
      this.#goOn();
    });
    // What is wrong with a connection ends it; 'close' follows.
    socket.on('error', () => undefined);
  }

  get session(): Session {
    return this.#session;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** From here on events arrive as they happen. */
  ready(position: string, resumed: boolean): void {
    const expiresAt = new Date(this.#session.expiresAt).toISOString();
    this.tell({ type: 'ready', userId: this.user, expiresAt, position, resumed });
  }

  tell(message: ServerMessage): void {
    this.push(JSON.stringify(message), message.type);
  }

  /** @param text JSON. */
  push(text: string, type: ServerMessage['type']): void {
    if (!this.isOpen) return;
    if (this.#socket.bufferedAmount > MOST_BUFFERED) return void this.close(TRY_LATER, 'reads too slowly');
    this.#socket.send(text, this.#sent);
    this.#options.metrics.sent(type);
  }

  /** When it can take more of the past, which is not closed for being long. */
  pace(): Promise<void> | undefined {
    if (!this.isOpen || this.#socket.bufferedAmount < PACE_BUFFERED) return undefined;
    return new Promise((resolve) => this.#waitingToSend.push(resolve));
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

  revoke(): void {
    void this.close(TOKEN_REVOKED, 'the token was revoked');
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

  readonly #sent = (): void => {
    if (this.#socket.bufferedAmount < PACE_BUFFERED) this.#goOn();
  };

  #goOn(): void {
    if (this.#waitingToSend.length > 0) for (const resolve of this.#waitingToSend.splice(0)) resolve();
  }

  #receive(data: RawData, binary: boolean): void {
    // It is closing: each further close would wait for the end too.
    if (!this.isOpen) return;
    this.#messages += 1;
    if (this.#messages > MOST_MESSAGES) void this.close(POLICY, 'too many messages');
    else if (binary) void this.close(UNSUPPORTED, 'send text');
    else this.#take(parseClientMessage(String(data)));
  }

  #take(message: ReturnType<typeof parseClientMessage>): void {
    if ('wrong' in message) {
      this.#options.metrics.received('invalid');
      this.tell({ type: 'error', code: 'unknown-message', detail: message.wrong });
      return;
    }
    this.#options.metrics.received(message.type);
    this.#handled = this.#handled.then(() => {
      if (!this.isOpen) return undefined;
      return message.type === 'authenticate' ? this.#renew(message.token) : this.#options.handle(message);
    });
  }

  async #renew(token: string): Promise<void> {
    try {
      const session = await this.#options.renew(token);
      if (session.user.id !== this.user) {
        void this.close(WRONG_USER, 'the token is of another user');
        return;
      }
      this.#session = session;
      this.#watchExpiry();
      this.tell({ type: 'authenticated', expiresAt: new Date(session.expiresAt).toISOString() });
    } catch (error) {
      const { code, message: detail } =
        error instanceof ProblemError ? error : { code: 'internal', message: 'Try again.' };
      this.tell({ type: 'error', code, detail });
      return;
    }
    await this.#options.renewed();
  }

  #watchExpiry(): void {
    clearTimeout(this.#expiry);
    const left = this.#session.expiresAt + SKEW_MS - this.#options.now();
    if (left <= 0) void this.close(TOKEN_EXPIRED, 'the token has expired');
    // A timer cannot wait longer than 2^31 ms.
    else this.#expiry = setTimeout(() => this.#watchExpiry(), Math.min(left, 2 ** 31 - 1));
  }
}
