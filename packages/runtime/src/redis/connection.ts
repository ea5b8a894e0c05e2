/**
 * A connection that comes back: connects when first used, again and again with backoff when it was lost, and says at
 * once when the server is away, instead of collecting commands that nobody waits for any more.
 *
 * The driver's own reconnecting is off. It never drops a connection whose server has stopped to answer (a frozen
 * machine, a cable), since its timeouts end with the writing of a command.
 */
import { backoff, pause } from '../backoff.ts';
import { outsideContext } from '../context.ts';
import { type ProblemError, unavailable } from '../http/problem.ts';
import type { PortOptions } from '../port.ts';
import { type RedisAddress, redisAddress } from './address.ts';
import { type Connected, connect, type RedisClient } from './connect.ts';
import { type ConnectionMetrics, connectionMetrics } from './metrics.ts';

/** Without an answer for so long, a connection is given up, with all that waits on it. */
const ANSWER_MS = 2_000;
/** A connection that is not used is asked whether it lives. */
const IDLE_MS = 5_000;
const TICK_MS = 500;
const RETRY = { base: 50, max: 1_000 };
/** What is under way may end for so long when the port closes. */
const CLOSE_MS = 2_000;

export interface RedisConnectionOptions extends PortOptions {
  /** Label of its metrics, part of its name at the server: `cache`. */
  readonly use: string;
  /** Before anyone uses a new connection: subscribing again. */
  readonly prepare?: (client: RedisClient) => Promise<unknown>;
  /** A connection that was there is gone. */
  readonly lost?: () => void;
}

export class RedisConnection {
  readonly address: RedisAddress;
  readonly #options: RedisConnectionOptions;
  readonly #metrics: ConnectionMetrics;
  readonly #stop = new AbortController();
  #client: RedisClient | undefined;
  /** Settles with the first attempt. */
  #first: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  /** Why there is no connection. */
  #failure: unknown;
  #closing: Promise<void> | undefined;
  #waiting = 0;
  #heardAt = 0;

  /** @throws Error when the address is wrong. Nothing is opened yet. */
  constructor(url: URL, options: RedisConnectionOptions) {
    this.address = redisAddress(url);
    this.#options = options;
    this.#metrics = connectionMetrics(options.metrics, options.use);
  }

  /** One command with its arguments. @throws as `run` does. */
  send(...command: string[]): Promise<unknown> {
    return this.run((client) => client.sendCommand(command));
  }

  /** @throws ProblemError 503 at once when the server is away, and when it goes away before it has answered. */
  async run<T>(command: (client: RedisClient) => Promise<T>): Promise<T> {
    if (this.#client === undefined) await this.#begin();
    const client = this.#client;
    if (client === undefined) throw this.#away(this.#failure);
    const sentAt = performance.now();
    if (this.#waiting === 0) this.#heardAt = sentAt;
    this.#waiting += 1;
    try {
      const answer = await command(client);
      this.#answered(sentAt, 'ok');
      return answer;
    } catch (error) {
      this.#answered(sentAt, 'error');
      // The server became a replica, and another one leads: the address will lead there.
      if (error instanceof Error && error.message.startsWith('READONLY')) client.destroy();
      throw client.isReady ? error : this.#away(error);
    }
  }

  /** @throws ProblemError 503 when the server does not answer. */
  async check(): Promise<void> {
    await this.send('PING');
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#failure = new Error('this connection was closed');
    this.#stop.abort();
    if (client?.isOpen === true) {
      const patience = new AbortController();
      await Promise.race([client.close(), pause(CLOSE_MS, patience.signal)]);
      patience.abort();
      client.destroy();
    }
    await this.#running;
  }

  #answered(sentAt: number, result: 'ok' | 'error'): void {
    this.#waiting -= 1;
    this.#heardAt = performance.now();
    this.#metrics.answered((this.#heardAt - sentAt) / 1_000, result);
  }

  /** Waits for the first attempt, for no later one. */
  async #begin(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    if (this.#first === undefined) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#first = promise;
      this.#running = outsideContext(() => this.#keep(resolve));
    }
    await this.#first;
  }

  async #keep(attempted: () => void): Promise<void> {
    const { signal } = this.#stop;
    const { log, instance, use, prepare = async () => undefined } = this.#options;
    const server = this.address.host;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const connected = await connect(this.address, `${instance}-${use}`, prepare, signal);
        if (failures > 0) log.info({ server, use }, 'Redis is there again');
        failures = 0;
        this.#client = connected.client;
        this.#metrics.connected(true);
        attempted();
        const reason = await this.#watch(connected);
        this.#client = undefined;
        this.#metrics.connected(false);
        connected.client.destroy();
        if (signal.aborted) return;
        this.#metrics.lost();
        this.#options.lost?.();
        throw reason;
      } catch (error) {
        if (signal.aborted) break;
        this.#failure = error;
        failures += 1;
        // Once per trouble, not once per attempt.
        if (failures === 1) log.warn({ err: error, server, use }, 'Redis is away; trying again');
      }
      attempted();
      await pause(backoff(failures, RETRY), signal);
    }
    attempted();
  }

  /** Resolves when the connection has ended, or was ended because nothing came back. */
  async #watch({ client, gone }: Connected): Promise<Error> {
    const { promise: silent, resolve } = Promise.withResolvers<Error>();
    this.#heardAt = performance.now();
    const isSilent = () => this.#waiting > 0 && performance.now() - this.#heardAt > ANSWER_MS;
    const timer = setInterval(() => {
      if (this.#waiting > 0) {
        // After a pause of this process answers may have come that were not read yet: they are, before `setImmediate`.
        if (isSilent()) setImmediate(() => isSilent() && resolve(new Error(`no answer for ${ANSWER_MS} ms`)));
      } else if (performance.now() - this.#heardAt > IDLE_MS && this.#client === client) {
        void this.check().catch(() => undefined);
      }
    }, TICK_MS).unref();
    const reason = await Promise.race([gone, silent]);
    clearInterval(timer);
    return reason;
  }

  #away(cause: unknown): ProblemError {
    const problem = unavailable('Redis cannot be reached at the moment.', 1, 'redis-unavailable');
    problem.cause = cause;
    return problem;
  }
}
