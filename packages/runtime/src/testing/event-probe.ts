/** Listens on a service's bus as one more consumer, so that tests can wait for events, and publishes as another service would. */
import { randomUUID } from 'node:crypto';
import type { Adapters } from '../adapters.ts';
import { openBus, type BusMessage } from '../events/index.ts';
import { portOptions } from './port-options.ts';

/** An event as another service would get it. */
export interface ProbedEvent {
  readonly name: string;
  readonly payload: any;
  readonly headers: BusMessage['headers'];
  /** ISO instant, by the publisher's clock. */
  readonly occurredAt: string;
}

/** One more consumer of the bus, for a test. */
export interface EventProbe extends AsyncDisposable {
  /** Everything that arrived so far, in order. */
  readonly seen: readonly ProbedEvent[];
  /** The first event of that name which fits, now or later. @throws Error after `timeoutMs`, default 5,000, saying what came instead. */
  waitFor(name: string, fits?: (payload: any) => boolean, timeoutMs?: number): Promise<ProbedEvent>;
  /** As another service would. Payloads are sent as they are: services must refuse what breaks a contract. */
  publish(name: string, payload: unknown): Promise<void>;
  /** Stops listening. */
  close(): Promise<void>;
}

/**
 * Joins a bus as a consumer group of its own: every event that is published from now on arrives here too.
 * @param url As in EVENTS_URL.
 * @param events Names to listen to; none: only publishes.
 * @param adapters For a URL that no built-in adapter opens.
 */
export async function eventProbe(
  url: string | URL,
  events: readonly string[],
  adapters?: Adapters,
): Promise<EventProbe> {
  const name = `probe-${randomUUID().slice(0, 8)}`;
  const bus = await openBus(new URL(url), portOptions(name, adapters));
  const seen: ProbedEvent[] = [];
  const waiting = new Set<() => void>();
  if (events.length > 0) {
    await bus.subscribe({ group: name, events: [...events].sort(), concurrency: 1 }, async ({ message }) => {
      const { payload, headers, occurredAt } = message;
      seen.push({ name: message.name, payload, headers, occurredAt });
      for (const look of [...waiting]) look();
      return { kind: 'done' };
    });
  }
  const close = () => bus.close();
  return {
    seen,
    waitFor(wanted, fits = () => true, timeoutMs = 5_000) {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          const found = seen.find((event) => event.name === wanted && fits(event.payload));
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(
            new Error(
              `${wanted} did not come within ${timeoutMs} ms. Seen: ${seen.map((event) => event.name).join(', ') || 'nothing'}.`,
            ),
          );
        }, timeoutMs);
        waiting.add(look);
        look();
      });
    },
    publish: (event, payload) =>
      bus.publish([
        {
          id: randomUUID(),
          name: event,
          source: name,
          payload,
          headers: {},
          occurredAt: new Date().toISOString(),
        },
      ]),
    close,
    [Symbol.asyncDispose]: close,
  };
}
