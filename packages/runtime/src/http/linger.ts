/** The end of a request that was answered before all of it was read. */
import type { IncomingMessage } from 'node:http';
import { hasBody } from './body.ts';

/** In all, and between two pieces; in milliseconds. */
const LONGEST_MS = 10_000;
const IDLE_MS = 2_000;

/**
 * Reads on and drops it for a while: a client that still sends would not see the answer on a connection that is cut. Whoever sends
 * all of it within that time keeps the connection.
 */
export function linger(request: IncomingMessage, draining: () => boolean): void {
  const { socket } = request;
  // Received is not read: what nobody reads keeps the connection busy for ever.
  if (request.readableEnded || !hasBody(request) || socket.destroyed) return;
  const end = performance.now() + LONGEST_MS;
  let read = -1;
  // Node drops what it reads of an answered request without an event.
  const timer = setInterval(() => {
    if (socket.bytesRead === read || performance.now() >= end) socket.destroy();
    read = socket.bytesRead;
  }, IDLE_MS);
  const stop = () => {
    clearInterval(timer);
    socket.off('close', stop);
  };
  request.once('end', () => {
    stop();
    // The server closed what was idle when it began to stop; this connection becomes so only now.
    if (draining()) socket.destroySoon();
  });
  // The request itself counts as closed once it is answered, whatever is still on its way.
  socket.once('close', stop);
  // Whoever read it before lets go of it within this turn; until then it would not flow.
  setImmediate(() => request.resume());
}
