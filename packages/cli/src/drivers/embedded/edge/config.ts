import type { Balance } from '../../../model/stack.ts';

/** `run/edge.json`: which ports the edge holds, and for whom. */
export interface EdgeConfig {
  readonly listeners: readonly EdgeListener[];
}

export interface EdgeListener {
  readonly service: string;
  /** Preferred: another one is taken when it belongs to somebody else. */
  readonly port: number;
  readonly balance: Balance;
}

/** What the edge reports in its instance file. */
export interface EdgeReport {
  readonly pid: number;
  readonly port: number;
  readonly ports: Readonly<Record<string, number>>;
}
