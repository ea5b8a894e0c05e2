/**
 * `Expect: 100-continue` (RFC 9110, section 10.1.1): the client sends its body only once it is asked to. It is asked when
 * somebody wants to read it, so that what is refused before costs nobody the way.
 */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';

const waiting = new WeakMap<IncomingMessage, ServerResponse>();

/** The requests of such clients go to `listener` too. */
export function serveExpecting(server: Server, listener: RequestListener): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    waiting.set(request, response);
    // Nobody knows whether a body follows an answer that comes instead: the connection cannot be used again.
    response.shouldKeepAlive = false;
    listener(request, response);
  });
}

/** Whether the client keeps its body until it is asked for it. */
export const isWaiting = (request: IncomingMessage): boolean => waiting.has(request);

/** Asks for the body, if the client waits for that. Call it before reading. */
export function invite(request: IncomingMessage): void {
  const response = waiting.get(request);
  if (response === undefined) return;
  waiting.delete(request);
  response.shouldKeepAlive = true;
  if (!response.headersSent && !response.destroyed) response.writeContinue();
}
