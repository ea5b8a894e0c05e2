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

/** `run/edge-ports.json`, by service: where clients find it. */
export type EdgePorts = Readonly<
  Record<
    string,
    {
      readonly port: number;
      /** What services.yaml said when it was chosen: another number there is a wish for another port. */
      readonly specified: number;
    }
  >
>;
