/** What a service that issues tokens does to take them back. */
import type { Logger } from '../../log.ts';
import type { PubSub } from '../../pubsub/index.ts';
import { isAfter } from '../../pubsub/index.ts';
import { Audience } from './audience.ts';
import type { RevocationFeed } from './feed.ts';
import type { Revocation } from './list.ts';
import { HEARD, Heard, KEEP, REVOCATIONS, WHO } from './topics.ts';

export interface AnnouncerOptions {
  readonly pubsub: PubSub;
  readonly feed: RevocationFeed;
  readonly instance: string;
  readonly log: Logger;
}

/** Longest that an answer waits for instances that are silent: they were killed, or are cut off. */
const WAIT_MS = 2_000;
/** How often it looks whether the server still has what it was given: an eviction is announced to nobody. */
const PROBE_MS = 15_000;

export class Announcer {
  readonly #options: AnnouncerOptions;
  readonly #audience = new Audience();
  readonly #probing: NodeJS.Timeout;
  readonly #lost: () => void;
  #opened: Promise<void> | undefined;

  /** @param lost Called when what was announced may be gone: announce all of it again that still counts. */
  constructor(options: AnnouncerOptions, lost: () => void) {
    this.#options = options;
    this.#lost = lost;
    options.feed.onLost(lost);
    this.#probing = setInterval(() => void this.#probe().catch(() => undefined), PROBE_MS).unref();
  }

  /**
   * Resolves when every instance that is known and answers refuses these tokens.
   * @throws what the pub/sub throws when it is away: then nobody may have heard of it.
   */
  async announce(revocations: readonly Revocation[]): Promise<void> {
    await this.#open();
    const { pubsub, log } = this.#options;
    const positions = await Promise.all(
      revocations.map((revocation) => pubsub.append(REVOCATIONS, revocation, KEEP)),
    );
    const last = positions.reduce((latest, at) => (latest === '' || isAfter(at, latest) ? at : latest), '');
    if (last === '') return;
    const silent = await this.#audience.all(last, WAIT_MS);
    if (silent.length > 0)
      log.warn({ silent }, 'not every instance confirmed that it refuses revoked tokens');
  }

  close(): void {
    clearInterval(this.#probing);
  }

  async #open(): Promise<void> {
    this.#opened ??= this.#listen();
    try {
      await this.#opened;
    } catch (error) {
      this.#opened = undefined;
      throw error;
    }
  }

  /** Until it has heard of itself: then it hears of others too. */
  async #listen(): Promise<void> {
    const { pubsub, instance } = this.#options;
    const itself = Promise.withResolvers<void>();
    await pubsub.subscribe(HEARD, (message) => {
      const { success, data } = Heard.safeParse(message);
      if (!success) return;
      this.#audience.heard(data);
      if (data.instance === instance) itself.resolve();
    });
    await pubsub.publish(REVOCATIONS, WHO);
    const timer = setTimeout(() => itself.resolve(), WAIT_MS);
    await itself.promise;
    clearTimeout(timer);
  }

  async #probe(): Promise<void> {
    const { pubsub, feed } = this.#options;
    if (!feed.isCurrent || feed.position === '') return;
    const following = await pubsub.follow(REVOCATIONS, {
      keep: KEEP,
      after: feed.position,
      receive: () => undefined,
      gap: this.#lost,
    });
    await following.end();
  }
}
