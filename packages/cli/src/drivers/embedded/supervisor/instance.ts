/** One instance: started, probed, restarted with backoff when it ends by itself, drained when it is told to go. */
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { writeFileAtomic } from '../../../platform/state-dir.ts';
import type { Instance as Snapshot, InstanceState } from '../../driver.ts';
import { instanceId } from '../desired.ts';
import { lastLines, lastMessage } from '../logs/last-lines.ts';
import { marker } from '../processes.ts';
import { readReport } from '../state-files.ts';
import type { Journal, JournalFields } from './journal.ts';
import { describeExit, launch, type Exit, type ProcessHandle } from './process-handle.ts';
import { probe } from './probe.ts';

/** What to run; asked anew at every start, because code, configuration and ports change. */
export interface InstanceSpec {
  readonly main: string;
  readonly fingerprint: string;
  readonly nodeOptions: readonly string[];
  readonly environment: (instanceFile: string) => Record<string, string>;
  /** Undefined: ready as soon as it listens. */
  readonly readyPath: string | undefined;
  readonly startLimitMs: number;
  readonly graceMs: number;
  /** It may be held at a breakpoint, and then gives no answers. */
  readonly debugged: boolean;
}

export interface InstanceHost {
  readonly stack: string;
  readonly instancesDir: string;
  readonly cwd: string;
  readonly journal: Journal;
  logFile(service: string, replica: number): string;
  nextGeneration(): number;
  /** State, port or pid changed: called before anything else can happen, so that the registry never lags. */
  changed(): void;
}

export interface InstanceRecord {
  readonly service: string;
  readonly replica: number;
  readonly generation: number;
  readonly main: string;
  readonly fingerprint: string;
  readonly restarts: number;
}

/** Why an instance did not get ready: what its probe said, how it ended, what it wrote last. */
export class StartFailure extends Error {
  override name = 'StartFailure';
  readonly instance: string;
  readonly lastLines: readonly string[];

  constructor(instance: string, reason: string, lines: readonly string[]) {
    super(reason);
    this.instance = instance;
    this.lastLines = lines;
  }
}

const BACKOFF_MS = [100, 500, 1_500, 4_000, 8_000];
const FAILED_BACKOFF_MS = 30_000;
const FAILED_LAUNCH_MS = 2_000;
/** Crashes in a row after which it counts as failed: it is still tried, seldom. */
const FAILED_AFTER = 5;
/** During a first start: the second crash is not chance any more, and the user waits. */
const START_CRASHES = 2;
const STABLE_MS = 30_000;
const PROBE_TIMEOUT_MS = 5_000;
/** So long a new process is probed often. */
const EAGER_MS = 3_000;
const SILENT_PROBES = 3;

export class Instance {
  readonly service: string;
  readonly replica: number;
  readonly id: string;
  state: InstanceState = 'starting';
  pid: number | undefined;
  port: number | undefined;
  /** Where health and metrics are; undefined: at its port. */
  operationsPort: number | undefined;
  main = '';
  fingerprint = '';
  restarts = 0;
  since = new Date().toISOString();
  reason: string | undefined;
  readonly #spec: () => InstanceSpec;
  readonly #host: InstanceHost;
  readonly #stopping = new AbortController();
  readonly #waiting = new Set<() => void>();
  #handle: ProcessHandle | undefined;
  #generation = 0;
  #crashes = 0;
  #everReady = false;
  #debuggerOpened = false;
  #ending = '';
  /** Where the log ended when the process that runs now was started: what is before tells of others. */
  #logFrom = 0;
  #done: Promise<void> = Promise.resolve();

  constructor(service: string, replica: number, spec: () => InstanceSpec, host: InstanceHost) {
    this.service = service;
    this.replica = replica;
    this.id = instanceId(service, replica);
    this.#spec = spec;
    this.#host = host;
  }

  start(): void {
    this.#done = this.#run(undefined);
  }

  /** Goes on with a process that an earlier supervisor started. `wasReady`: it stays registered, until a probe says otherwise. */
  takeOver(handle: ProcessHandle, record: InstanceRecord, wasReady: boolean): void {
    this.#generation = record.generation;
    this.main = record.main;
    this.fingerprint = record.fingerprint;
    this.restarts = record.restarts;
    this.#everReady = wasReady;
    this.#readReport(handle.pid);
    if (wasReady && this.port !== undefined) this.state = 'ready';
    this.#note('info', 'runs already and was taken over', { pid: handle.pid, port: this.port });
    this.#done = this.#run(handle);
  }

  get retiring(): boolean {
    return this.#stopping.signal.aborted || this.state === 'draining';
  }

  snapshot(): Snapshot {
    const { service, replica, state, pid, port, operationsPort, fingerprint, restarts, since, reason } = this;
    return { service, replica, state, pid, port, operationsPort, fingerprint, restarts, since, reason };
  }

  /**
   * Ready, and in possession of all that it uses: who just started it wants to know what is missing, while an instance that comes
   * back by itself serves without. @throws StartFailure when it crashed repeatedly or was not that far in time.
   */
  async whenReady(signal: AbortSignal): Promise<void> {
    const crashesBefore = this.#crashes;
    const end = performance.now() + this.#spec().startLimitMs;
    while (this.state !== 'ready' || this.reason !== undefined) {
      signal.throwIfAborted();
      if (this.state === 'stopped') throw new StartFailure(this.id, 'it was stopped meanwhile', []);
      if (this.#crashes - crashesBefore >= START_CRASHES) throw this.#failure(this.#ending);
      if (performance.now() >= end) {
        const limit = Math.round(this.#spec().startLimitMs / 1_000);
        throw this.#failure(
          this.state === 'ready'
            ? `it serves, but lacked something for ${limit} s: ${this.reason ?? ''}`
            : `it was not ready within ${limit} s: ${this.reason ?? 'it does not listen yet'}`,
        );
      }
      await this.#nextChange(Math.min(500, end - performance.now()));
    }
  }

  #failure(reason: string): StartFailure {
    return new StartFailure(
      this.id,
      reason,
      lastLines(this.#host.logFile(this.service, this.replica), 12, this.#logFrom),
    );
  }

  /** Out of the registry at once; then time for clients to notice, SIGTERM, and SIGKILL when the grace is over. */
  async stop(drainMs: number): Promise<void> {
    const { graceMs } = this.#spec();
    if (this.state !== 'stopped') {
      this.#note('info', 'drains', { pid: this.pid });
      this.#set('draining', undefined);
    }
    if (drainMs > 0 && this.#everReady && this.#handle !== undefined) await delay(drainMs);
    this.#stopping.abort();
    await this.#handle?.kill('SIGTERM');
    const force = setTimeout(() => {
      this.#note('warn', `did not end within ${graceMs / 1_000} s and is killed`, { pid: this.pid });
      void this.#handle?.kill('SIGKILL');
    }, graceMs);
    await this.#done;
    clearTimeout(force);
  }

  /** Lets a debugger attach; once the process that had the port before has ended. So does each process that follows this one. */
  async openDebugger(): Promise<void> {
    this.#debuggerOpened = true;
    if (this.#everReady) await this.#handle?.kill('SIGUSR1');
  }

  /** After a kill -9, as it were: the loop starts it again. */
  async bounce(): Promise<void> {
    await this.#handle?.kill('SIGTERM');
  }

  async #run(first: ProcessHandle | undefined): Promise<void> {
    let adopted = first;
    let handle = first;
    while (!this.#stopping.signal.aborted) {
      handle ??= this.#tryLaunch();
      if (handle === undefined) {
        await delay(FAILED_LAUNCH_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
        continue;
      }
      this.#handle = handle;
      this.pid = handle.pid;
      if (this.state !== 'draining' && handle !== adopted) this.#set('starting', undefined);
      adopted = undefined;
      const startedAt = performance.now();
      const exit = await this.#watch(handle);
      const { pid } = handle;
      this.#forget();
      handle = undefined;
      if (this.retiring) {
        this.#note('info', 'stopped', { pid, ...exit });
        break;
      }
      this.#crashes = performance.now() - startedAt >= STABLE_MS && this.#everReady ? 1 : this.#crashes + 1;
      this.restarts += 1;
      const failed = this.#crashes >= FAILED_AFTER;
      this.#set(failed ? 'failed' : 'backoff', this.#describeCrash(exit));
      const pause = failed ? FAILED_BACKOFF_MS : (BACKOFF_MS[this.#crashes - 1] ?? 0);
      this.#note(failed ? 'error' : 'warn', describeExit(exit), { pid, ...exit });
      const { restarts } = this;
      this.#note('info', `is started again in ${pause} ms`, { restarts, delayMs: pause });
      await delay(pause, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
    this.#set('stopped', undefined);
  }

  /** Undefined when there is no room for another process or its files: a full disk, no memory. It is tried again. */
  #tryLaunch(): ProcessHandle | undefined {
    try {
      return this.#launch();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#crashes += 1;
      this.#ending = `it could not be started: ${reason}`;
      this.#note('error', 'could not be started', { reason });
      this.#set('backoff', this.#ending);
      return undefined;
    }
  }

  #launch(): ProcessHandle {
    this.#generation = this.#host.nextGeneration();
    const spec = this.#spec();
    this.main = spec.main;
    this.fingerprint = spec.fingerprint;
    const { service, replica, restarts, main, fingerprint } = this;
    // Before the process is there: whoever finds its marker finds this, too.
    const record: InstanceRecord = {
      service,
      replica,
      generation: this.#generation,
      main,
      fingerprint,
      restarts,
    };
    writeFileAtomic(this.#file('record'), JSON.stringify(record));
    const log = this.#host.logFile(service, replica);
    this.#logFrom = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    const handle = launch({
      marker: marker(this.#host.stack, `${this.id}.${this.#generation}`),
      main: spec.main,
      nodeOptions: spec.nodeOptions,
      environment: spec.environment(this.#file('instance')),
      cwd: this.#host.cwd,
      logFile: log,
    });
    this.#note('info', 'started', { pid: handle.pid });
    return handle;
  }

  /** Probes until the process ends. */
  async #watch(handle: ProcessHandle): Promise<Exit> {
    const gone = new AbortController();
    const probing = this.#probe(handle, gone.signal);
    const exit = await handle.exited;
    gone.abort();
    this.pid = undefined;
    this.port = undefined;
    this.operationsPort = undefined;
    if (this.state === 'ready') this.#set('unready', 'it ended'); // leaves the registry in this very turn
    await probing;
    return exit;
  }

  async #probe(handle: ProcessHandle, gone: AbortSignal): Promise<void> {
    const spec = this.#spec();
    const startedAt = performance.now();
    let refused = 0;
    let silent = 0;
    while (!gone.aborted) {
      this.#readReport(handle.pid);
      if (this.port !== undefined && this.state !== 'draining') {
        const result =
          spec.readyPath === undefined
            ? { kind: 'ok' as const, degraded: undefined }
            : await probe(this.operationsPort ?? this.port, spec.readyPath, PROBE_TIMEOUT_MS);
        if (gone.aborted) return;
        refused = result.kind === 'refused' ? refused + 1 : 0;
        silent = result.kind === 'silent' ? silent + 1 : 0;
        if (result.kind === 'ok') this.#accept(result.degraded);
        else this.#refuse(result.reason, refused + silent);
        if (silent >= SILENT_PROBES && this.#everReady && !spec.debugged) {
          this.#note('warn', `gave no answer ${silent} times in a row and is killed`, { pid: handle.pid });
          await handle.kill('SIGKILL');
        }
      }
      const settled = this.state === 'ready' && this.reason === undefined;
      // Whoever waits for it waits no longer than it takes; one that is long in coming is not to be disturbed.
      const young = this.state === 'starting' && performance.now() - startedAt < EAGER_MS;
      const pause = settled ? 1_000 : this.port === undefined || young ? 20 : 100;
      await delay(pause, undefined, { signal: gone }).catch(() => undefined);
    }
  }

  #accept(degraded: string | undefined): void {
    if (this.state === 'draining' || this.state === 'stopped') return;
    this.#everReady = true;
    if (this.state === 'ready' && this.reason === degraded) return;
    if (this.#debuggerOpened && this.state === 'starting') void this.#handle?.kill('SIGUSR1');
    const { pid, port } = this;
    if (degraded !== undefined) this.#note('warn', 'serves, but lacks something', { pid, reason: degraded });
    else this.#note('info', 'ready', { pid, port });
    this.#set('ready', degraded);
  }

  #refuse(problem: string, times: number): void {
    if (this.state === 'draining' || this.state === 'stopped') return;
    if (this.state !== 'ready') {
      this.reason = problem;
      return;
    }
    if (times < 2) return;
    this.#note('warn', 'is not ready any more', { pid: this.pid, reason: problem });
    this.#set('unready', problem);
  }

  #readReport(pid: number): void {
    if (this.port !== undefined) return;
    const report = readReport(this.#file('instance'));
    if (report?.pid !== pid) return;
    this.port = report.port;
    this.operationsPort = report.operationsPort;
  }

  #describeCrash(exit: Exit): string {
    this.#ending = `it ${describeExit(exit)}`;
    const line = lastMessage(this.#host.logFile(this.service, this.replica), this.#logFrom);
    return line === undefined ? this.#ending : `${this.#ending}; last line: ${line}`;
  }

  #set(state: InstanceState, reason: string | undefined): void {
    if (this.state !== state) this.since = new Date().toISOString();
    this.state = state;
    this.reason = reason;
    this.#host.changed();
    for (const wake of this.#waiting) wake();
  }

  /** `rooms#1 was killed by SIGKILL`: readable without its fields. */
  #note(level: Parameters<Journal>[0], what: string, fields: JournalFields): void {
    this.#host.journal(level, `${this.id} ${what}`, { instance: this.id, ...fields });
  }

  #nextChange(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.max(1, limitMs));
      this.#waiting.add(wake);
    });
  }

  #forget(): void {
    this.#handle = undefined;
    for (const kind of ['record', 'instance'] as const) rmSync(this.#file(kind), { force: true });
  }

  #file(kind: 'record' | 'instance'): string {
    return join(this.#host.instancesDir, `${this.id}.${this.#generation}.${kind}.json`);
  }
}
