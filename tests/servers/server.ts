/** A real server that a conformance suite starts for itself, on a free port of the loopback interface and in a folder of its own. */
export interface TestServer extends AsyncDisposable {
  /** `RabbitMQ 3.10.8`, for the table of what was proven on what. */
  readonly name: string;
  /** With its password, if it has one; the same after a restart. */
  readonly url: URL;
  /** Ends it in good order; its data stays. */
  stop(): Promise<void>;
  /** SIGKILL: what was acknowledged must still be there after `start`. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and data; resolves when it answers. */
  start(): Promise<void>;
}
