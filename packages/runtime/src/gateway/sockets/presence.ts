/**
 * Who is in a room, over all replicas, without a store: each replica announces whom it has when that changes, when it is
 * asked, and from time to time; one that falls silent has none any more.
 */

/** Milliseconds. */
export interface PresenceTimes {
  /** Between two announcements. */
  readonly beat: number;
  /** After so long without one, a replica is taken for dead. */
  readonly lease: number;
  /** Who is back within this time was never away. */
  readonly grace: number;
}

export const PRESENCE_TIMES: PresenceTimes = { beat: 10_000, lease: 25_000, grace: 3_000 };

/** Milliseconds in which changes become one announcement. */
const SPREAD_MS = 50;

export interface Announcement {
  readonly type: 'here';
  readonly replica: string;
  readonly users: readonly string[];
  /** Others are to announce themselves too. */
  readonly ask: boolean;
}

export interface PresenceOptions {
  /** Of this process, and of no earlier one. */
  readonly replica: string;
  readonly times: PresenceTimes;
  announce(announcement: Announcement): Promise<void>;
  /** Somebody came or went. */
  tell(user: string, online: boolean): void;
}

export class Presence {
  readonly #options: PresenceOptions;
  /** Sockets of each user here. */
  readonly #here = new Map<string, number>();
  readonly #elsewhere = new Map<string, { readonly users: readonly string[]; until: number }>();
  /** Who is online, as far as anybody was told. */
  readonly #online = new Set<string>();
  readonly #leaving = new Map<string, NodeJS.Timeout>();

  #soon: NodeJS.Timeout | undefined;
  #asks = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  get online(): readonly string[] {
    return [...this.#online].sort();
  }

  /** @param ask To hear who else is here. */
  add(user: string, ask: boolean): void {
    const sockets = this.#here.get(user) ?? 0;
    this.#here.set(user, sockets + 1);
    if (sockets > 0) return;
    this.#update();
    this.announce(ask);
  }

  remove(user: string): void {
    const sockets = this.#here.get(user) ?? 0;
    if (sockets > 1) return void this.#here.set(user, sockets - 1);
    this.#here.delete(user);
    this.#update();
    this.announce(false);
  }

  receive({ replica, users, ask }: Announcement): void {
    if (replica === this.#options.replica) return;
    if (users.length === 0) this.#elsewhere.delete(replica);
    else this.#elsewhere.set(replica, { users, until: performance.now() + this.#options.times.lease });
    this.#update();
    if (ask && this.#here.size > 0) this.announce(false);
  }

  /** Says who is here: once for all that changes in a moment. @param ask Others are to do so too. */
  announce(ask: boolean): void {
    this.#asks ||= ask;
    this.#soon ??= setTimeout(() => void this.#announce(), SPREAD_MS).unref();
  }

  /** Never rejects. @returns whether it was sent. */
  async #announce(): Promise<boolean> {
    clearTimeout(this.#soon);
    const ask = this.#asks;
    [this.#soon, this.#asks] = [undefined, false];
    const { replica, announce } = this.#options;
    try {
      await announce({ type: 'here', replica, users: [...this.#here.keys()], ask });
      return true;
    } catch {
      return false;
    }
  }

  /** Says who is still here, and forgets who is silent. @param ask Others speak only when they are asked. */
  async beat(ask: boolean): Promise<void> {
    const { lease } = this.#options.times;
    this.#asks ||= ask;
    const isHeard = await this.#announce();
    const now = performance.now();
    for (const [replica, entry] of this.#elsewhere) {
      // Who cannot speak does not hear either: that says nothing about others.
      if (!isHeard) entry.until = now + lease;
      else if (entry.until < now) this.#elsewhere.delete(replica);
    }
    this.#update();
  }

  /** What was about to be said is said. */
  close(): void {
    if (this.#soon !== undefined) void this.#announce();
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    this.#leaving.clear();
  }

  #update(): void {
    const now = new Set(this.#here.keys());
    for (const { users } of this.#elsewhere.values()) for (const user of users) now.add(user);
    for (const user of now) {
      clearTimeout(this.#leaving.get(user));
      this.#leaving.delete(user);
      if (this.#online.has(user)) continue;
      this.#online.add(user);
      this.#options.tell(user, true);
    }
    for (const user of this.#online) {
      if (now.has(user) || this.#leaving.has(user)) continue;
      const gone = () => {
        this.#leaving.delete(user);
        this.#online.delete(user);
        this.#options.tell(user, false);
      };
      this.#leaving.set(user, setTimeout(gone, this.#options.times.grace).unref());
    }
  }
}
