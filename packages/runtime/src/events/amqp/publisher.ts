import type { ConfirmChannel, Options } from 'amqplib';
import { BrokerUnavailableError, type Connection } from './connection.ts';
import { gather } from './gather.ts';
import { declareExchange, type Topology } from './topology.ts';

export interface Outgoing {
  /** Empty: `key` names a queue. Then `properties` say `mandatory`, and a queue that is not there is an error. */
  readonly exchange: string;
  readonly key: string;
  readonly content: Buffer;
  readonly properties: Options.Publish;
}

/** Publishes with confirms over one channel, which it opens again when it was lost. */
export class Publisher {
  readonly #connection: Connection;
  readonly #topology: Topology;
  readonly #confirmMs: number;
  readonly #pending = new Set<Promise<unknown>>();
  /** What came back, between its return and its confirm. */
  readonly #returned = new Set<string>();
  #channel: Promise<ConfirmChannel> | undefined;
  #drained: Promise<void> | undefined;

  constructor(connection: Connection, topology: Topology, confirmMs: number) {
    this.#connection = connection;
    this.#topology = topology;
    this.#confirmMs = confirmMs;
  }

  /**
   * Resolves when the broker has confirmed all of them. Rejects when it refused or gave back one, when the connection is
   * lost before, or when it does not answer: some may have arrived then, and publishing all again is safe.
   */
  async publish(messages: readonly Outgoing[]): Promise<void> {
    const publishing = this.#publish(messages);
    this.#pending.add(publishing);
    try {
      await publishing;
    } finally {
      this.#pending.delete(publishing);
    }
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#pending);
    const channel = await this.#channel?.catch(() => undefined);
    await channel?.close().catch(() => undefined);
  }

  async #publish(messages: readonly Outgoing[]): Promise<void> {
    const channel = await this.#open();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      const late = () => new BrokerUnavailableError(`RabbitMQ did not confirm within ${this.#confirmMs} ms`);
      timer = setTimeout(() => reject(late()), this.#confirmMs);
    });
    try {
      await Promise.race([this.#send(channel, messages), timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #send(channel: ConfirmChannel, messages: readonly Outgoing[]): Promise<void> {
    let settle: { resolve(): void; reject(error: Error): void } = { resolve() {}, reject() {} };
    const confirmed = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
    // Looked at below; until then a rejection is nobody's yet.
    confirmed.catch(() => undefined);
    let missing = messages.length;
    // One promise for all of them: this runs for every event of the system.
    const one = (error: Error | undefined): void => {
      missing -= 1;
      if (error !== undefined) settle.reject(error);
      else if (missing === 0) settle.resolve();
    };
    if (messages.length > 1) gather(channel);
    for (const message of messages) {
      if (this.#drained !== undefined) await this.#drained;
      this.#sendOne(channel, message, one);
    }
    await confirmed;
  }

  #sendOne(
    channel: ConfirmChannel,
    { exchange, key, content, properties }: Outgoing,
    done: (error: Error | undefined) => void,
  ): void {
    const confirmed = (error: Error | null): void => {
      const cameBack = exchange === '' && this.#returned.delete(`${key} ${properties.messageId}`);
      if (error?.message === 'message nacked') done(new Error(`RabbitMQ refused a message for ${key}`));
      else if (error !== null) done(lost(error));
      else if (cameBack) done(new Error(`RabbitMQ has no queue ${key}`));
      else done(undefined);
    };
    try {
      const more = channel.publish(exchange, key, content, properties, confirmed);
      if (!more) this.#drained ??= this.#drain(channel);
    } catch (error) {
      // Thrown for a closed channel, and for headers that do not fit.
      done(error instanceof RangeError ? error : lost(error));
    }
  }

  #drain(channel: ConfirmChannel): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        channel.off('drain', done);
        channel.off('close', done);
        this.#drained = undefined;
        resolve();
      };
      channel.on('drain', done);
      channel.on('close', done);
    });
  }

  #open(): Promise<ConfirmChannel> {
    this.#channel ??= this.#create();
    return this.#channel;
  }

  async #create(): Promise<ConfirmChannel> {
    const forget = (): void => {
      this.#channel = undefined;
      this.#returned.clear();
    };
    try {
      const channel = await this.#connection.confirmChannel();
      channel.on('close', forget);
      channel.on('return', ({ fields, properties }) =>
        this.#returned.add(`${fields.routingKey} ${properties.messageId}`),
      );
      await declareExchange(channel, this.#topology);
      return channel;
    } catch (error) {
      forget();
      throw error;
    }
  }
}

const lost = (cause: unknown): Error =>
  new BrokerUnavailableError('the connection to RabbitMQ was lost before it confirmed', { cause });
