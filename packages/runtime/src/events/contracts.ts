import type { z } from 'zod';
import type { Logger } from '../log.ts';
import type { StoreTx } from './message-store.ts';
import type { BusMessage } from './port.ts';

/** The payload's schema by event name: what publishers promise and consumers rely on. */
export type Contracts = Readonly<Record<string, z.ZodType>>;

/** What a handler gets beside the payload. */
export interface HandlerContext<Tx = StoreTx> {
  /** The transaction that also notes the event as handled: write effects with it, and they happen once. */
  readonly tx: Tx;
  readonly event: Pick<BusMessage, 'id' | 'name' | 'source' | 'occurredAt' | 'headers'> & {
    readonly attempt: number;
  };
  readonly log: Logger;
}

/** One event and what handles it; made by `on`. */
export interface Consumer {
  readonly event: string;
  readonly schema: z.ZodType;
  handle(payload: any, context: HandlerContext<any>): Promise<void> | void;
}

/**
 * Handles an event. A handler that throws is called again later, with growing pauses; after the last attempt the event
 * is a dead letter. Effects outside of `tx` may happen more than once.
 */
export function on<C extends Contracts, K extends keyof C & string, Tx = any>(
  contracts: C,
  event: K,
  handle: (payload: z.output<C[K]>, context: HandlerContext<Tx>) => Promise<void> | void,
): Consumer {
  const schema = contracts[event];
  if (schema === undefined)
    throw new TypeError(`There is no contract for “${event}”. Known: ${Object.keys(contracts).join(', ')}.`);
  return { event, schema, handle };
}
