/** One try at one instance: undici's events, turned into an answer for the client or a reason to try elsewhere. */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Dispatcher } from '../../calls/undici.ts';
import { classify, type Outcome as InstanceOutcome, type Picked } from '../../calls/index.ts';
import { ProblemError } from '../../http/problem.ts';

export interface Outcome {
  /** Undefined: there was no answer. */
  readonly status: number | undefined;
  readonly error: Error | undefined;
}

export interface AttemptListener {
  /** An answer has begun, and nothing of it has been passed on. @returns whether it is to be: a promise holds it. */
  begun(status: number, headers: IncomingHttpHeaders): boolean | Promise<boolean>;
  /** The whole body has been sent. */
  sent(): void;
  /** Called once: all of it has been passed on, or it was dropped, or it failed. */
  ended(outcome: Outcome): void;
}

/** The time that the platform grants for an answer is over. */
export class UpstreamTimeout extends Error {}

/** What the client has to do with how it ends. */
export interface ClientSide {
  /** Gives less time than the platform would. */
  readonly hurried: boolean;
  /** Still sends its body. */
  uploading(): boolean;
  /** For what is buffered of an answer to be read, in milliseconds. */
  readonly slowestMs: number;
}

/** The client takes nothing of its answer. */
export class SlowReader extends Error {}

export class Attempt implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;
  readonly #picked: Picked;
  readonly #listener: AttemptListener;
  readonly #client: ClientSide;
  #controller: Dispatcher.DispatchController | undefined;
  #aborted: Error | undefined;
  #status: number | undefined;
  #passing = false;
  #over = false;
  #stalled: NodeJS.Timeout | undefined;
  readonly #resume = () => {
    clearTimeout(this.#stalled);
    this.#stalled = undefined;
    this.#controller?.resume();
  };

  constructor(response: ServerResponse, picked: Picked, client: ClientSide, listener: AttemptListener) {
    this.#response = response;
    this.#client = client;
    this.#picked = picked;
    this.#listener = listener;
  }

  /** Ends it, whether it waits for a connection, for the answer, or is in the middle of it. */
  abort(reason: Error): void {
    this.#aborted ??= reason;
    this.#controller?.abort(reason);
    // Without a connection there is nobody yet who would tell of the end.
    if (this.#controller === undefined) this.#end('failed', { status: undefined, error: reason });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#aborted !== undefined) controller.abort(this.#aborted);
  }

  onRequestSent(): void {
    this.#listener.sent();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    // 103 and the like come before the answer.
    if (status < 200) return;
    this.#status = status;
    const verdict = this.#listener.begun(status, headers);
    if (typeof verdict === 'boolean') {
      this.#passing = verdict;
      return;
    }
    controller.pause();
    void verdict.then((pass) => {
      this.#passing = pass;
      controller.resume();
    });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#passing) return;
    if (this.#response.write(chunk)) return;
    controller.pause();
    this.#response.once('drain', this.#resume);
    this.#stalled ??= setTimeout(() => {
      this.abort(new SlowReader());
      this.#response.destroy();
    }, this.#client.slowestMs);
  }

  onResponseEnd(): void {
    if (this.#passing) this.#response.end();
    this.#end('ok', { status: this.#status, error: undefined });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#end('failed', { status: this.#status, error: this.#aborted ?? error });
  }

  #end(how: 'ok' | 'failed', outcome: Outcome): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#stalled);
    this.#response.off('drain', this.#resume);
    this.#picked.done(this.#verdict(how, outcome));
    this.#listener.ended(outcome);
  }

  /** What it says about the instance. */
  #verdict(how: 'ok' | 'failed', { status, error }: Outcome): InstanceOutcome {
    const { hurried, uploading } = this.#client;
    if (how === 'ok' && status === 504 && hurried) return 'unknown';
    if (how === 'ok') return (status ?? 0) >= 500 ? 'failed' : 'ok';
    if (error !== undefined && classify(error).unsent) return 'unreachable';
    // A client that sends too much or went away, or the next attempt: not the instance's fault. One that let the time pass is.
    if (error instanceof ProblemError) return 'unknown';
    // Services give up on a client that sends too slowly, or too much. One that is down refuses the next connection.
    if (this.#aborted === undefined && uploading()) return 'unknown';
    return this.#aborted === undefined || this.#aborted instanceof UpstreamTimeout ? 'failed' : 'unknown';
  }
}
