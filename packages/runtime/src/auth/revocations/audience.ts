/** Who has heard how much: those who announce wait for all of them. */
import { isAfter } from '../../pubsub/index.ts';
import type { Heard } from './topics.ts';

interface Waiting {
  readonly position: string;
  readonly done: () => void;
}

export class Audience {
  /** Position by instance. */
  readonly #members = new Map<string, string>();
  readonly #waiting = new Set<Waiting>();

  get size(): number {
    return this.#members.size;
  }

  has(instance: string): boolean {
    return this.#members.has(instance);
  }

  heard({ instance, position }: Heard): void {
    if (position === undefined) this.#members.delete(instance);
    else this.#members.set(instance, position);
    for (const waiting of this.#waiting) if (this.#behind(waiting.position).length === 0) waiting.done();
  }

  /**
   * Resolves when all have heard everything up to that position.
   * @param longest Milliseconds; who has not by then was killed or is cut off, and is not waited for again until it is heard of.
   * @returns whom that was.
   */
  async all(position: string, longest: number): Promise<readonly string[]> {
    if (this.#behind(position).length === 0) return [];
    let waiting: Waiting | undefined;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      waiting = { position, done: resolve };
      this.#waiting.add(waiting);
      timer = setTimeout(resolve, longest);
    });
    clearTimeout(timer);
    if (waiting !== undefined) this.#waiting.delete(waiting);
    const behind = this.#behind(position);
    for (const instance of behind) this.#members.delete(instance);
    return behind;
  }

  #behind(position: string): string[] {
    return [...this.#members].flatMap(([instance, at]) =>
      at === '' || isAfter(position, at) ? [instance] : [],
    );
  }
}
