import type { z } from 'zod';
import { backoff } from '../backoff.ts';
import { runInContext } from '../context.ts';
import { isUnreachable } from '../database/failures.ts';
import type { Logger } from '../log.ts';
import { ProblemError } from '../http/problem.ts';
import { Handling } from '../telemetry/events.ts';
import { errorType } from '../telemetry/span.ts';
import type { Tracer } from '../telemetry/tracer.ts';
import type { Consumer } from './contracts.ts';
import type { MessageStore, StoreTx } from './message-store.ts';
import type { EventMetrics } from './metrics.ts';
import type { BusMessage, Delivery, Settlement } from './port.ts';

export interface DispatchOptions {
  readonly group: string;
  /** How often an event may be handed out before it is a dead letter. */
  readonly attempts: number;
  readonly retry: { readonly base: number; readonly max: number };
  readonly log: Logger;
  readonly metrics: EventMetrics;
  /** Without a store effects may happen twice. */
  readonly store: MessageStore | undefined;
  readonly tracer?: Tracer | undefined;
  /** What spans call the bus. */
  readonly system: string;
}

/** Turns consumers into the one function that settles deliveries; it never rejects. */
export function dispatcher(
  consumers: readonly Consumer[],
  options: DispatchOptions,
): (delivery: Delivery) => Promise<Settlement> {
  const byEvent = new Map(consumers.map((consumer) => [consumer.event, consumer]));
  return async ({ message, attempt }) => {
    const { metrics } = options;
    const log = options.log.child({ event: message.name, eventId: message.id });
    const consumer = byEvent.get(message.name);
    const bury = (reason: string): Settlement => {
      log.error({ attempt, reason }, 'An event was given up; it is a dead letter');
      // Whoever fills the queue may name events as they like.
      metrics.consumed(consumer === undefined ? 'other' : message.name, 'dead');
      return { kind: 'dead', reason };
    };
    if (consumer === undefined) return bury('no consumer handles it');
    const payload = read(consumer.schema, message.payload);
    if (!payload.success) return bury(`against the contract: ${payload.reason}`);
    const { system, group } = options;
    const handling = new Handling(message, options.tracer);
    try {
      const first = await runInContext(handling, () =>
        once(options, message, attempt, log, consumer, payload.data),
      );
      handling.end({ system, group, attempt });
      metrics.consumed(message.name, first ? 'handled' : 'repeated');
      return { kind: 'done' };
    } catch (error) {
      handling.end({ system, group, attempt }, errorType(error));
      const reason = reasonOf(error);
      // A server that is away says nothing about the event: it waits as long as that takes.
      if (attempt >= options.attempts && !lostServer(error)) {
        log.error({ err: error }, 'The last attempt at an event failed');
        return bury(reason);
      }
      const delayMs = backoff(attempt, options.retry);
      log.warn({ err: error, attempt, delayMs }, 'An event could not be handled; it will be tried again');
      metrics.consumed(message.name, 'failed');
      return { kind: 'retry', delayMs, reason };
    }
  };
}

type Read =
  | { readonly success: true; readonly data: unknown }
  | { readonly success: false; readonly reason: string };

/** Schemas have code too, such as transforms, and it may throw. */
function read(schema: z.ZodType, payload: unknown): Read {
  try {
    const result = schema.safeParse(payload);
    return result.success ? result : { success: false, reason: result.error.issues.map(issue).join('; ') };
  } catch (error) {
    return { success: false, reason: reasonOf(error) };
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** @returns false when the event had been handled before. */
async function once(
  { store, group }: DispatchOptions,
  message: BusMessage,
  attempt: number,
  log: Logger,
  consumer: Consumer,
  payload: unknown,
): Promise<boolean> {
  const { id, name, source, occurredAt, headers } = message;
  const event = { id, name, source, occurredAt, headers, attempt };
  if (store === undefined) {
    await consumer.handle(payload, { tx: undefined, event, log });
    return true;
  }
  return await store.transaction(async (tx: StoreTx) => {
    if (!(await store.claim(tx, group, id))) return false;
    await consumer.handle(payload, { tx, event, log });
    return true;
  });
}

const AWAY: ReadonlySet<string> = new Set([
  'database-unavailable',
  'mail-unavailable',
  'redis-unavailable',
  'search-unavailable',
]);

const lostServer = (error: unknown): boolean =>
  isUnreachable(error) || (error instanceof ProblemError && AWAY.has(error.code));

const issue = ({ path, message }: { path: readonly PropertyKey[]; message: string }): string =>
  path.length === 0 ? message : `${path.join('.')}: ${message}`;
