import { outsideContext } from '../context.ts';
import { isUnreachable, sqlState } from './failures.ts';

interface Waiting<Item, Result> {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** How much shares a commit. */
export interface GroupCommitOptions<Item> {
  /** A single item may weigh more than `most`. */
  weigh(item: Item): number;
  readonly most: number;
}

/**
 * Commits that notify happen one after the other in all of PostgreSQL, and each waits for the disk: what comes while one
 * is under way shares the next.
 */
export class GroupCommit<Item, Result> {
  readonly #write: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #options: GroupCommitOptions<Item>;
  readonly #waiting: Waiting<Item, Result>[] = [];
  #committing = false;

  /** @param write All or nothing, in this order; resolves, after the commit, to a result for each. */
  constructor(
    write: (items: readonly Item[]) => Promise<readonly Result[]>,
    options: GroupCommitOptions<Item>,
  ) {
    this.#write = write;
    this.#options = options;
  }

  /** Resolves when it is committed. @throws what writing it throws; what shared its commit is not to blame. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      // Neither the spans nor the log lines of what several share belong to the first of them.
      if (!this.#committing) void outsideContext(() => this.#commit());
    });
  }

  /** Never rejects. */
  async #commit(): Promise<void> {
    this.#committing = true;
    while (this.#waiting.length > 0) await this.#settle(this.#waiting.splice(0, this.#size()));
    this.#committing = false;
  }

  async #settle(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#write(group.map(({ item }) => item));
      for (const [index, { resolve }] of group.entries()) resolve(results[index] as Result);
    } catch (error) {
      // One of them is what the server does not take, or no JSON, so that nothing was sent: nothing of this is in, and the
      // others go without it. Of all else nobody knows whether it is in.
      const refused = error instanceof TypeError || (sqlState(error) !== undefined && !isUnreachable(error));
      if (group.length > 1 && refused) for (const one of group) await this.#settle([one]);
      else for (const { reject } of group) reject(error);
    }
  }

  #size(): number {
    let [size, weight] = [0, 0];
    for (const { item } of this.#waiting) {
      weight += this.#options.weigh(item);
      if (size > 0 && weight > this.#options.most) break;
      size += 1;
    }
    return size;
  }
}
