import {
  connect,
  credentials,
  type Channel,
  type ChannelModel,
  type ConfirmChannel,
  type RecoveringChannelModel,
} from 'amqplib';
import type { Logger } from '../../log.ts';
import { amqpAddress } from './address.ts';

/** The broker cannot be reached, or went away before it answered: nothing is wrong with the message. */
export class BrokerUnavailableError extends Error {
  override readonly name = 'BrokerUnavailableError';
  /** As sockets report it, so that callers that look at codes know it for what it is. */
  readonly code = 'ECONNRESET';
}

export interface ConnectionOptions {
  /** Shown by the broker. */
  readonly name: string;
  readonly log: Logger;
  /** After two of these without a sign of life either side gives the other up. */
  readonly heartbeatSeconds: number;
  /** How long callers wait for a connection that is not there. */
  readonly waitMs: number;
}

const credentialsOf = ({ username, password }: URL) =>
  credentials.plain(decodeURIComponent(username) || 'guest', decodeURIComponent(password) || 'guest');

/** One that is not made again. @throws Error why there is none. */
export async function openOnce(url: URL, timeoutMs: number): Promise<ChannelModel> {
  const options = { credentials: credentialsOf(url), noDelay: true, timeout: timeoutMs };
  return await connect(amqpAddress(url).url.href, options).catch((error: Error) => {
    // The library knows no reason here, and there is one only.
    if (!error.message.startsWith('Expected ConnectionOpenOk')) throw error;
    const host = decodeURIComponent(url.pathname.slice(1)) || '/';
    throw new Error(`there is no virtual host ${host}, or its user may not use it`, { cause: error });
  });
}

/** One connection to the broker, made again in the background whenever it is lost. Channels die with it. */
export class Connection {
  readonly #model: RecoveringChannelModel;
  readonly #options: ConnectionOptions;
  #connected = false;
  #failure = '';
  #closed = false;

  private constructor(model: RecoveringChannelModel, options: ConnectionOptions) {
    this.#model = model;
    this.#options = options;
    const { log } = options;
    model.on('connect', () => {
      if (this.#failure !== '') log.info('RabbitMQ is there again');
      this.#failure = '';
      this.#connected = true;
    });
    const lost = (error: Error): void => {
      this.#connected = false;
      if (this.#failure === '' && !this.#closed)
        log.warn({ err: error }, 'The connection to RabbitMQ was lost; it is being made again');
      this.#failure = error.message || 'the connection was closed';
    };
    model.on('disconnect', lost);
    model.on('connect-failed', lost);
    model.on('blocked', (reason) => log.warn({ reason }, 'RabbitMQ takes no messages at the moment'));
    model.on('unblocked', () => log.info('RabbitMQ takes messages again'));
    // Always followed by a disconnect; without a listener it would end the process.
    model.on('error', () => undefined);
  }

  /** Does not wait for the broker. */
  static async open(url: URL, options: ConnectionOptions): Promise<Connection> {
    const address = amqpAddress(url).url;
    address.searchParams.set('heartbeat', String(options.heartbeatSeconds));
    const model = await connect(address.href, {
      credentials: credentialsOf(url),
      clientProperties: { connection_name: options.name },
      noDelay: true,
      keepAlive: true,
      timeout: 5_000,
      recovery: { initialDelay: 100, maxDelay: 2_000, waitForConnect: false },
    });
    return new Connection(model, options);
  }

  /** @throws BrokerUnavailableError after `waitMs` without a connection. */
  channel(): Promise<Channel> {
    return this.#open(() => this.#model.createChannel());
  }

  confirmChannel(): Promise<ConfirmChannel> {
    return this.#open(() => this.#model.createConfirmChannel());
  }

  check(): void {
    if (!this.#connected) throw this.#unavailable();
  }

  /** There was one, or an attempt, and it failed: waiting for a channel may take a while. */
  get lost(): boolean {
    return !this.#connected && this.#failure !== '';
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#model.close();
  }

  async #open<C extends Channel>(create: () => Promise<C>): Promise<C> {
    if (this.#closed) throw new BrokerUnavailableError('the connection to RabbitMQ was closed');
    const opening = create();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#unavailable()), this.#options.waitMs);
    });
    try {
      const channel = await Promise.race([opening, timeout]);
      channel.on('error', (error) => this.#options.log.warn({ err: error }, 'RabbitMQ closed a channel'));
      return channel;
    } catch (error) {
      // It may still come, to nobody.
      void opening.then((channel) => channel.close()).catch(() => undefined);
      if (error instanceof BrokerUnavailableError) throw error;
      throw new BrokerUnavailableError('RabbitMQ cannot be reached', { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  #unavailable(): BrokerUnavailableError {
    const reason = this.#failure === '' ? 'no answer yet' : this.#failure;
    return new BrokerUnavailableError(`RabbitMQ cannot be reached: ${reason}`);
  }
}
