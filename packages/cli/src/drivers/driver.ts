/**
 * A driver runs a stack somewhere. Deciding is pure (`plan`), acting holds no decisions (`perform`), and nothing here prints:
 * progress is a stream of events that a presenter shows.
 */
import type { Stack } from '../model/stack.ts';

export type DriverId = 'embedded' | 'compose' | 'swarm' | 'kubernetes';

export interface Driver {
  readonly id: DriverId;
  /** Throws a UserError that names what is missing and how to get it. */
  preflight(stack: Stack): Promise<void>;
  observe(): Promise<Observed>;
  /** Pure: what has to happen so that `observed` becomes `desired`, each step with its cause. */
  plan(desired: Desired, observed: Observed): readonly Operation[];
  perform(
    operations: readonly Operation[],
    desired: Desired,
    report: (event: DriverEvent) => void,
    signal: AbortSignal,
  ): Promise<void>;
  logs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine>;
  /** Runs a command with an instance's environment; resolves to its exit code. */
  exec(target: { service: string; replica: number }, command: readonly string[]): Promise<number>;
  /**
   * Runs a task of a service with the service's environment: `main.js task ARGUMENTS…`. @returns its standard output, and where
   * its log went.
   */
  task(service: string, args: readonly string[]): Promise<{ output: string; log: string }>;
}

export interface Desired {
  readonly stack: Stack;
  /** Replicas by service: the spec's, unless `scale` said otherwise. */
  readonly replicas: Readonly<Record<string, number>>;
  /** Hash of what a service runs (bundle and environment): a difference means replace. */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** Only these services; undefined means all. */
  readonly only: readonly string[] | undefined;
}

export type InstanceState = 'starting' | 'ready' | 'unready' | 'draining' | 'backoff' | 'failed' | 'stopped';

export interface Observed {
  readonly running: boolean;
  readonly components: readonly ObservedComponent[];
  readonly instances: readonly Instance[];
}

export interface ObservedComponent {
  readonly name: string;
  /** `absent`: this driver does not run it; `provider` says so. */
  readonly state: 'ready' | 'starting' | 'failed' | 'absent';
  /** What stands in for it here: `embedded PostgreSQL 17.10`, `postgres (LISTEN/NOTIFY)`. */
  readonly provider: string;
  readonly pid: number | undefined;
  readonly port: number | undefined;
}

export interface Instance {
  readonly service: string;
  /** 1-based. */
  readonly replica: number;
  readonly state: InstanceState;
  readonly pid: number | undefined;
  readonly port: number | undefined;
  /** Where health and metrics are, when clients reach `port`; undefined: there. */
  readonly operationsPort?: number | undefined;
  readonly fingerprint: string;
  readonly restarts: number;
  /** ISO 8601. */
  readonly since: string;
  /** Why it is not ready, from its probe or its exit. */
  readonly reason: string | undefined;
}

export interface Operation {
  /** `generate` stands in plans of dry runs only: what comes before everything else. */
  readonly kind: 'start' | 'stop' | 'replace' | 'migrate' | 'create' | 'rename' | 'generate';
  /** `booking-service#2`, `postgres`, `database booking`, `12 files`. */
  readonly target: string;
  /** `because image changed`. */
  readonly cause: string;
}

export type DriverEvent =
  | { readonly type: 'phase'; readonly phase: string; readonly total: number }
  | {
      readonly type: 'operation';
      readonly operation: Operation;
      /** `serving`: a new instance answers, callers learn of it in these milliseconds, and the one that it replaces is still to end. */
      readonly status: 'started' | 'serving' | 'done' | 'failed';
      readonly detail?: string;
      readonly durationMs?: number;
    }
  | { readonly type: 'notice'; readonly message: string };

export interface LogQuery {
  /** `booking-service`, or one of its replicas: `booking-service#2`. None: all. */
  readonly services: readonly string[];
  readonly follow: boolean;
  readonly since: Date | undefined;
  readonly tail: number | undefined;
  readonly grep: RegExp | undefined;
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | undefined;
}

export interface LogLine {
  readonly time: Date;
  readonly service: string;
  readonly replica: number;
  readonly level: string | undefined;
  readonly message: string;
  /** The whole line as the process wrote it. */
  readonly raw: string;
  /** Fields of a structured line besides time, level and message. */
  readonly fields: Readonly<Record<string, unknown>>;
}
