/**
 * What belongs to the request or event that is being worked on, carried along by AsyncLocalStorage: log lines,
 * outgoing calls and published events read it from here.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span } from './telemetry/span.ts';

/** The ids, the deadline and the caller of a request or an event. */
export interface Context {
  readonly requestId: string;
  /** W3C trace context: 32 and 16 lower-case hex digits, and the flags byte as two (`01`: sampled). */
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: string;
  /** What is being recorded; undefined when the trace is not sampled, or traces are not collected. */
  readonly span?: Span | undefined;
  /** Epoch milliseconds after which the caller no longer waits for the answer; undefined: no limit. */
  readonly deadline: number | undefined;
  /** The deadline is the client's own choice: that it passes says nothing about the service. */
  readonly hurried?: boolean | undefined;
  /** Aborted when the client went away or the deadline passed. */
  readonly signal: AbortSignal | undefined;
  /** What all writes to the store of the service belong to; see `joinedTransaction`. */
  readonly transaction?: { readonly owner: object; readonly tx: object } | undefined;
  /** The caller's `Authorization` header, for calls on their behalf. */
  readonly authorization: string | undefined;
}

const storage = new AsyncLocalStorage<Context>();

/** Of the request or event that this code works for; undefined outside of one. */
export function currentContext(): Context | undefined {
  return storage.getStore();
}

/**
 * The transaction that this code runs in, though nobody hands it over: that of a request whose effect and answer are written
 * together. @param owner Whose transactions are meant: the database or the document store.
 */
export function joinedTransaction<Tx extends object>(owner: object): Tx | undefined {
  const transaction = storage.getStore()?.transaction;
  return transaction?.owner === owner ? (transaction.tx as Tx) : undefined;
}

/** Runs `work`, and everything that it awaits, in this context. */
export function runInContext<T>(context: Context, work: () => T): T {
  return storage.run(context, work);
}

/** For what outlives the request that happens to begin it, such as a connection: its log lines are nobody's request. */
export function outsideContext<T>(work: () => T): T {
  return storage.exit(work);
}
