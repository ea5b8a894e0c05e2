/** Lets one loop sleep until somebody has news for it. A wake before the wait is not lost. */
export class Wakeup {
  #news = false;
  #resolve: (() => void) | undefined;

  wake(): void {
    this.#news = true;
    this.#resolve?.();
  }

  async wait(atMostMs: number): Promise<void> {
    if (!this.#news) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, atMostMs);
        this.#resolve = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#resolve = undefined;
    }
    this.#news = false;
  }
}
