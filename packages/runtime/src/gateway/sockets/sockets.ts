/** `/ws`: pushes to users what concerns them. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { Counter, Gauge } from 'prom-client';
import { type WebSocket, WebSocketServer } from 'ws';
import { notFound, ProblemError, problemDocument, tooManyRequests, unavailable } from '../../http/problem.ts';
import { pathOf } from '../../http/server.ts';
import type { Platform } from '../../platform.ts';
import { endRequest } from '../../telemetry/http.ts';
import { randomHex } from '../../telemetry/trace-context.ts';
import { type AllowedOrigins, readOrigins } from '../origins.ts';
import { Audience } from './audience.ts';
import { Connection, TOKEN_EXPIRED, WRONG_USER } from './connection.ts';
import { admit, PROTOCOL, type Session, sessionOf } from './handshake.ts';
import { handshakeEntry } from './trace.ts';

/** What sockets need of their service: `needs: { pubsub: true }`. */
export type SocketPlatform = Platform<'pubsub'>;

const PATH = '/ws';
const HEARTBEAT_MS = 30_000;
const LONGEST_MESSAGE = 16 * 1024;
/** Open sockets of one user on one replica: a tab each, and some that are dying. */
const MOST_SOCKETS = 32;

/** WebSockets at `/ws` that get events. @throws SettingError when CORS_ORIGINS, the origins of other sites whose pages may open sockets, is no list of origins. */
export function createSockets(
  platform: SocketPlatform,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const sockets = new Sockets(platform);
  return (request, socket, head) => void sockets.upgrade(request, socket, head);
}

class Sockets {
  readonly #platform: SocketPlatform;
  readonly #origins: AllowedOrigins;
  readonly #audience: Audience;
  readonly #closed: Counter<'code'>;
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: LONGEST_MESSAGE,
    perMessageDeflate: false,
    // Never the one that carries the token.
    handleProtocols: (protocols) => (protocols.has(PROTOCOL) ? PROTOCOL : false),
  });

  constructor(platform: SocketPlatform) {
    this.#platform = platform;
    this.#origins = readOrigins(platform.env);
    const audience = new Audience(platform.pubsub, platform.tracer);
    this.#audience = audience;
    new Gauge({
      name: 'websocket_connections',
      help: 'Open sockets.',
      registers: [platform.metrics],
      collect() {
        this.set(audience.connections.length);
      },
    });
    this.#closed = new Counter({
      name: 'websocket_closed_total',
      help: 'Closed sockets by close code.',
      labelNames: ['code'],
      registers: [platform.metrics],
    });
    const heartbeat = setInterval(
      () => audience.connections.forEach((connection) => connection.beat()),
      HEARTBEAT_MS,
    ).unref();
    platform.onStop('drain', async () => {
      clearInterval(heartbeat);
      await Promise.all(audience.connections.map((connection) => connection.goAway()));
    });
  }

  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { requests, log, tracer } = this.#platform;
    const entry = handshakeEntry(request, tracer);
    // Until there is a WebSocket nobody else listens, and an unheard error would end the process.
    const ignore = () => undefined;
    socket.on('error', ignore);
    const count = (status: number) => {
      const milliseconds = performance.now() - entry.startedAt;
      requests.route('GET', PATH).record(status, milliseconds / 1000, entry.span);
      endRequest(tracer, entry, PATH, pathOf(request.url as string), status, milliseconds);
    };
    try {
      const session = await this.#admit(request);
      if (socket.destroyed) return;
      this.#server.handleUpgrade(request, socket, head, (webSocket) => {
        socket.off('error', ignore);
        count(101);
        this.#open(webSocket, session);
      });
    } catch (error) {
      const problem =
        error instanceof ProblemError
          ? error
          : new ProblemError({ status: 500, code: 'internal', title: 'Internal error' });
      if (problem !== error) log.error({ err: error }, 'a socket could not be opened');
      count(problem.status);
      refuse(socket, problem);
    }
  }

  async #admit(request: IncomingMessage): Promise<Session> {
    if (pathOf(request.url as string) !== PATH) throw notFound();
    const session = await admit(request, this.#platform, this.#origins);
    if (this.#platform.draining()) throw unavailable('This replica stops: connect again.');
    if (this.#audience.countOf(session.user.id) >= MOST_SOCKETS) throw tooManyRequests(30);
    return session;
  }

  #open(webSocket: WebSocket, session: Session): void {
    const { clock, log } = this.#platform;
    const openedAt = performance.now();
    const connection = new Connection(webSocket, session, {
      now: () => clock.now(),
      renew: (token) => sessionOf(`Bearer ${token}`, this.#platform),
    });
    webSocket.once('close', (code) => {
      this.#closed.inc({ code: closeLabel(code) });
      const ms = Math.round(performance.now() - openedAt);
      log.info({ user: connection.user, code, ms }, 'socket closed');
      void this.#audience
        .remove(connection)
        .catch((error: unknown) => log.warn({ err: error }, 'a channel could not be left'));
    });
    this.#audience.add(connection).then(
      () => connection.ready(),
      (error: unknown) => {
        log.error({ err: error }, 'a channel cannot be listened to');
        return connection.close(1011, 'events are not available at the moment');
      },
    );
  }
}

/** Codes of RFC 6455 and our own; clients may send any other. */
const closeLabel = (code: number): number | string =>
  (code >= 1000 && code <= 1015) || code === TOKEN_EXPIRED || code === WRONG_USER ? code : 'other';

/** There is no response object yet, only the connection. */
function refuse(socket: Duplex, problem: ProblemError): void {
  const body = JSON.stringify(problemDocument(problem, randomHex(16)));
  const headers = Object.entries({
    ...problem.headers,
    connection: 'close',
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
  });
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
    () => socket.destroy(),
  );
}
