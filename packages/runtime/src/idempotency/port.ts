import type { StoreTx } from '../events/message-store.ts';

/** Whose request it is: keys of two callers have nothing to do with each other. */
export interface RequestKey {
  /** `user 0198…`, `service booking-service`, or `` for anonymous callers. */
  readonly caller: string;
  readonly key: string;
}

/** What was answered, without what belongs to one connection or one request. */
export interface KeptAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: none. */
  readonly body: Buffer | undefined;
}

/** `claimed`: it is the first. `busy`: another transaction has it and is not over yet. */
export type Claim =
  | 'claimed'
  | 'busy'
  | { readonly fingerprint: string; readonly answer: KeptAnswer | undefined };

/**
 * Answers by the key of their request, in the service's own store, so that they are kept if and only if their effects are. A caller that
 * claims a key has it until the transaction ends; a transaction that is rolled back has never claimed it.
 */
export interface AnswerStore {
  /** Creates what it needs; idempotent, also when replicas call it at the same moment. */
  prepare(): Promise<void>;
  /** A key that is older than that many seconds is a new one. May throw what makes the transaction run again instead of `busy`. */
  claim(tx: StoreTx, request: RequestKey, fingerprint: string, maxAge: number): Promise<Claim>;
  /** In the transaction that claimed the key. */
  keep(tx: StoreTx, request: RequestKey, answer: KeptAnswer): Promise<void>;
  /** Forgets what is older, in seconds. */
  expire(maxAge: number): Promise<void>;
}
