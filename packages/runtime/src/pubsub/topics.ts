import type { Logger } from '../log.ts';

type Receive = (message: unknown) => void;

/** Who listens to what, within a process. */
export class Topics {
  readonly #receivers = new Map<string, Set<Receive>>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  has(topic: string): boolean {
    return this.#receivers.has(topic);
  }

  get names(): readonly string[] {
    return [...this.#receivers.keys()];
  }

  add(topic: string, receive: Receive): void {
    const receivers = this.#receivers.get(topic) ?? new Set();
    this.#receivers.set(topic, receivers.add(receive));
  }

  remove(topic: string, receive: Receive): void {
    const receivers = this.#receivers.get(topic);
    receivers?.delete(receive);
    if (receivers?.size === 0) this.#receivers.delete(topic);
  }

  /** One receiver that throws does not keep the message from the others. */
  deliver(topic: string, message: unknown): void {
    for (const receive of this.#receivers.get(topic) ?? []) {
      try {
        receive(message);
      } catch (error) {
        this.#log.error({ err: error, topic }, 'A subscriber failed');
      }
    }
  }
}
