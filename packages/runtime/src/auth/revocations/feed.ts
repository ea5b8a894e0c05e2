/**
 * Follows what issuers revoke. Before it has read what is kept, no token is accepted; afterwards what it knows counts, also
 * while the pub/sub is away: see docs/accounts.md.
 */
import { Counter, Gauge, type Registry } from 'prom-client';
import { backoff, pause } from '../../backoff.ts';
import type { Clock } from '../../clock.ts';
import type { Check } from '../../health/readiness.ts';
import type { Logger } from '../../log.ts';
import type { Following, PubSub } from '../../pubsub/index.ts';
import type { User } from '../user.ts';
import { Revocation, RevocationList } from './list.ts';
import { HEARD, type Heard, KEEP, REVOCATIONS } from './topics.ts';

export interface FeedOptions {
  readonly pubsub: PubSub;
  /** `booking-service#2` */
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
}

const RETRY = { base: 100, max: 2_000 };
const FORGET_MS = 60_000;

export class RevocationFeed {
  readonly list = new RevocationList();
  readonly #options: FeedOptions;
  readonly #listeners = new Set<(revocation: Revocation) => void>();
  readonly #lost = new Set<() => void>();
  readonly #stop = new AbortController();
  readonly #forget: NodeJS.Timeout;
  readonly #refused: Counter;
  #following: Following | undefined;
  #retrying: Promise<void> | undefined;
  #position = '';
  #telling = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#forget = setInterval(() => this.list.forget(options.clock.now()), FORGET_MS).unref();
    const registers = [options.metrics];
    const { list } = this;
    const isCurrent = () => this.isCurrent;
    new Gauge({
      name: 'revoked_tokens_listed',
      help: 'Users and sessions whose earlier access tokens are refused.',
      registers,
      collect() {
        this.set(list.size);
      },
    });
    new Gauge({
      name: 'revoked_tokens_current',
      help: '1 while what is revoked is heard of at once, 0 while it is not.',
      registers,
      collect() {
        this.set(isCurrent() ? 1 : 0);
      },
    });
    this.#refused = new Counter({
      name: 'revoked_tokens_refused_total',
      help: 'Requests and sockets with a revoked access token.',
      registers,
    });
  }

  /** What was kept has been read once. */
  get isKnown(): boolean {
    return this.#following !== undefined;
  }

  /** Nothing that was announced is missing. */
  get isCurrent(): boolean {
    return this.#following?.current ?? false;
  }

  /** Of the last one that was applied; empty before the first. */
  get position(): string {
    return this.#position;
  }

  revokes(user: User): boolean {
    if (!this.list.has(user)) return false;
    this.#refused.inc();
    return true;
  }

  /** Tries once, and goes on in the background when that fails. Never rejects. */
  async open(): Promise<void> {
    try {
      await this.#follow();
    } catch (error) {
      this.#options.log.warn({ err: error }, 'What tokens are revoked cannot be read; trying again');
      this.#retrying = this.#keepTrying();
    }
  }

  /** Not ready before it knows what is revoked; afterwards it goes on with what it knows. */
  get check(): Check {
    const isKnown = () => this.isKnown;
    return {
      name: 'revoked-tokens',
      get required() {
        return !isKnown();
      },
      run: async () => {
        if (!this.isKnown) throw new Error('what tokens are revoked is not known yet');
        if (!this.isCurrent) throw new Error('cut off: what is revoked now is not heard of');
      },
    };
  }

  /** @param heard Called with each revocation that is new. Must not throw. @returns what ends it. */
  onRevoked(heard: (revocation: Revocation) => void): () => void {
    this.#listeners.add(heard);
    return () => this.#listeners.delete(heard);
  }

  /** @param tell Called when what was kept may be gone. */
  onLost(tell: () => void): void {
    this.#lost.add(tell);
  }

  async close(): Promise<void> {
    clearInterval(this.#forget);
    this.#stop.abort();
    await this.#retrying;
    await this.#following?.end().catch(() => undefined);
    await this.#publish({ instance: this.#options.instance });
  }

  async #follow(): Promise<void> {
    this.#following = await this.#options.pubsub.follow(REVOCATIONS, {
      keep: KEEP,
      oldest: true,
      receive: (message, position) => {
        if (position !== undefined) {
          this.#apply(message);
          this.#position = position;
        }
        this.#tell();
      },
      gap: () => {
        for (const tell of this.#lost) tell();
      },
    });
    this.#tell();
  }

  async #keepTrying(): Promise<void> {
    for (let failures = 1; !this.isKnown && !this.#stop.signal.aborted; failures += 1) {
      await pause(backoff(failures, RETRY), this.#stop.signal);
      await this.#follow().catch(() => undefined);
    }
  }

  #apply(message: unknown): void {
    const { success, data } = Revocation.safeParse(message);
    if (!success) return void this.#options.log.warn('A revocation that cannot be read was left out');
    if (data.until <= this.#options.clock.now()) return;
    this.list.add(data);
    for (const heard of this.#listeners) heard(data);
  }

  /** Once for all that came in this turn. */
  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    setImmediate(() => {
      this.#telling = false;
      if (this.isKnown && !this.#stop.signal.aborted)
        void this.#publish({ instance: this.#options.instance, position: this.position });
    });
  }

  /** Whoever waits for it does not wait for ever. */
  async #publish(heard: Heard): Promise<void> {
    await this.#options.pubsub.publish(HEARD, heard).catch(() => undefined);
  }
}
