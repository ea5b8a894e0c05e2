/** TLS in front of servers that do not speak it here, with certificates that are trusted, or a stranger's. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { makeCertificate, type Wish } from './certificate.ts';

export interface Secured extends AsyncDisposable {
  readonly port: number;
}

/** Any protocol: what arrives over TLS goes on as it is. */
export function tlsLine(target: URL, wish: Wish = {}): Promise<Secured> {
  return listen(wish, (keys) =>
    createTlsServer(keys, (near) => {
      const far = connect(Number(target.port), target.hostname);
      near.pipe(far).pipe(near);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        one.on('error', () => undefined);
        one.once('close', () => other.destroy());
      }
    }),
  );
}

/** HTTP: passes on what carries one of these `authorization` headers, and answers others as Elasticsearch does. */
export function guardedHttp(target: URL, authorizations: readonly string[]): Promise<Secured> {
  return listen({}, (keys) =>
    createHttpsServer(keys, (asked, answer) => {
      const { authorization, ...headers } = asked.headers;
      if (!authorizations.includes(authorization ?? '')) {
        const error = { type: 'security_exception', reason: 'missing or wrong authentication credentials' };
        answer.writeHead(401, { 'content-type': 'application/json' });
        answer.end(JSON.stringify({ error, status: 401 }));
        return;
      }
      const { hostname: host, port } = target;
      const onward = request({ host, port, method: asked.method, path: asked.url, headers }, (answered) => {
        answer.writeHead(answered.statusCode ?? 502, answered.headers);
        answered.pipe(answer);
      });
      onward.once('error', () => answer.destroy());
      asked.pipe(onward);
    }),
  );
}

async function listen(wish: Wish, create: (keys: { cert: string; key: string }) => Server): Promise<Secured> {
  const folder = await mkdtemp(join(tmpdir(), 'secured-'));
  const { certificate: cert, key } = makeCertificate(folder, wish);
  await rm(folder, { recursive: true });
  const server = create({ cert, key });
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
