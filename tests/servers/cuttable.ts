import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

/** A line to a server that tests can cut: what was under way on it is gone, and neither side is told why. */
export interface Cuttable extends AsyncDisposable {
  /** Of the server, by way of the line. */
  readonly url: URL;
  /** Ends all connections; new ones get through. */
  cut(): void;
  /** Ends all connections, and refuses new ones until `open`. */
  close(): Promise<void>;
  open(): Promise<void>;
}

export async function cuttable(target: URL): Promise<Cuttable> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    return socket;
  };
  const server = createServer((near) => {
    const far = keep(connect(Number(target.port), target.hostname));
    keep(near).pipe(far).pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  let port = 0;
  const open = async (): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  };
  const cut = (): void => {
    for (const socket of [...sockets]) socket.destroy();
  };
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    cut();
    await closed;
  };
  await open();
  const url = new URL(target);
  url.port = String(port);
  return { url, cut, close, open, [Symbol.asyncDispose]: close };
}
