/** `/ws`: pushes to users what concerns them, and lets them meet in rooms. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  badRequest,
  notFound,
  ProblemError,
  problemDocument,
  tooManyRequests,
  unavailable,
} from '../../http/problem.ts';
import { pathOf } from '../../http/server.ts';
import type { Platform } from '../../platform.ts';
import { endRequest } from '../../telemetry/http.ts';
import { randomHex } from '../../telemetry/trace-context.ts';
import { type AllowedOrigins, readOrigins } from '../origins.ts';
import { Connection } from './connection.ts';
import { type Admitted, admit, PROTOCOL, sessionOf } from './handshake.ts';
import { type SocketMetrics, socketMetrics } from './metrics.ts';
import { PRESENCE_TIMES, type PresenceTimes } from './presence.ts';
import type { ClientMessage } from './protocol.ts';
import { pushEvent } from './push.ts';
import { channelOf, KEEP } from './recipients.ts';
import { type RoomKinds, Rooms } from './rooms.ts';
import { handshakeEntry } from './trace.ts';

/** What sockets need of their service: `needs: { pubsub: true }`. */
export type SocketPlatform = Platform<'pubsub'>;

const PATH = '/ws';
const HEARTBEAT_MS = 30_000;
const LONGEST_MESSAGE = 16 * 1024;
/** Open sockets of one user on one replica: a tab each, and some that are dying. */
const MOST_SOCKETS = 32;

/** What sockets have beyond the events of their users. */
export interface SocketOptions<P extends SocketPlatform = SocketPlatform> {
  /** What rooms there are, and who may join them; default: none. */
  readonly rooms?: RoomKinds<P> | undefined;
  readonly presence?: Partial<PresenceTimes> | undefined;
}

/** @throws SettingError when CORS_ORIGINS, the origins of other sites whose pages may open sockets, is not a list of origins. */
export function createSockets<P extends SocketPlatform>(
  platform: P,
  options: SocketOptions<P> = {},
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const sockets = new Sockets(platform, options);
  return (request, socket, head) => void sockets.upgrade(request, socket, head);
}

class Sockets {
  readonly #platform: SocketPlatform;
  readonly #origins: AllowedOrigins;
  readonly #connections = new Map<string, Set<Connection>>();
  readonly #metrics: SocketMetrics;
  readonly #rooms: Rooms;
  /** What closed sockets still have to tidy up. */
  readonly #leaving = new Set<Promise<void>>();
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: LONGEST_MESSAGE,
    perMessageDeflate: false,
    // Never the one that carries the token.
    handleProtocols: (protocols) => (protocols.has(PROTOCOL) ? PROTOCOL : false),
  });

  /** Told of what the library refuses by itself. */
  readonly #refused = new WeakMap<IncomingMessage, (error: Error) => void>();

  constructor(platform: SocketPlatform, { rooms = {}, presence }: SocketOptions<any>) {
    this.#platform = platform;
    this.#server.on('wsClientError', (error, _, request) => this.#refused.get(request)?.(error));
    this.#origins = readOrigins(platform.env);
    const { pubsub, log } = platform;
    this.#metrics = socketMetrics(platform.metrics, {
      connections: () => this.#all().length,
      rooms: () => this.#rooms.size,
    });
    this.#rooms = new Rooms({
      kinds: rooms,
      platform,
      pubsub,
      log,
      tracer: platform.tracer,
      metrics: this.#metrics,
      times: { ...PRESENCE_TIMES, ...presence },
    });
    const heartbeat = setInterval(() => {
      for (const connection of this.#all()) connection.beat();
    }, HEARTBEAT_MS).unref();
    const stopHearing = platform.revocations.onRevoked(({ user }) => {
      for (const connection of this.#connections.get(user) ?? []) this.#closeIfRevoked(connection);
    });
    platform.onStop('drain', async () => {
      stopHearing();
      clearInterval(heartbeat);
      await Promise.all(this.#all().map((connection) => connection.goAway()));
      // Other replicas hear who is gone, before there is no way to tell them.
      await Promise.all(this.#leaving);
      this.#rooms.close();
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
      const admitted = await this.#admit(request);
      if (socket.destroyed) return;
      this.#refused.set(request, (error) => {
        const problem = handshakeProblem(error);
        count(problem.status);
        refuse(socket, problem);
      });
      this.#server.handleUpgrade(request, socket, head, (webSocket) => {
        socket.off('error', ignore);
        count(101);
        void this.#open(webSocket, admitted);
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

  async #admit(request: IncomingMessage): Promise<Admitted> {
    if (pathOf(request.url as string) !== PATH) throw notFound();
    const session = await admit(request, this.#platform, this.#origins);
    if (this.#platform.draining()) throw unavailable('This replica stops: connect again.');
    if ((this.#connections.get(session.user.id)?.size ?? 0) >= MOST_SOCKETS) throw tooManyRequests(30);
    return session;
  }

  async #open(webSocket: WebSocket, { after, ...session }: Admitted): Promise<void> {
    const { clock, log, pubsub, tracer } = this.#platform;
    const openedAt = performance.now();
    const connection: Connection = new Connection(webSocket, session, {
      now: () => clock.now(),
      metrics: this.#metrics,
      renew: (token) => sessionOf(`Bearer ${token}`, this.#platform),
      handle: (message) => this.#handle(connection, message),
      renewed: () => this.#rooms.checkAgain(connection),
    });
    this.#add(connection);
    // While the handshake was answered.
    this.#closeIfRevoked(connection);
    const closed = new Promise<void>((resolve) => {
      webSocket.once('close', (code) => {
        this.#metrics.closed(code);
        const ms = Math.round(performance.now() - openedAt);
        log.info({ user: connection.user, code, ms }, 'socket closed');
        this.#remove(connection);
        resolve();
      });
    });
    const whenClosed = (leave: () => Promise<void>) => {
      const leaving = closed
        .then(leave)
        .catch((error: unknown) => log.warn({ err: error }, 'a channel could not be left'))
        .finally(() => this.#leaving.delete(leaving));
      this.#leaving.add(leaving);
    };
    whenClosed(() => this.#rooms.disconnect(connection));
    let gap = false;
    try {
      await this.#rooms.connect(connection);
      const following = await pubsub.follow(channelOf(connection.user), {
        keep: KEEP,
        after,
        receive(message, position) {
          if (position !== undefined) pushEvent(connection, message as object, position, tracer);
        },
        gap() {
          gap = true;
          connection.tell({ type: 'gap' });
        },
        pace: () => connection.pace(),
      });
      whenClosed(() => following.end());
      this.#metrics.opened(gap ? 'gap' : after === undefined ? 'new' : 'resumed');
      connection.ready(following.position, after !== undefined && !gap);
    } catch (error) {
      log.error({ err: error }, 'a channel cannot be listened to');
      await connection.close(1011, 'events are not available at the moment');
    }
  }

  async #handle(connection: Connection, message: ClientMessage): Promise<void> {
    if (message.type === 'join') await this.#rooms.join(connection, message.room, message.after);
    else if (message.type === 'leave') await this.#rooms.leave(connection, message.room);
    else if (message.type === 'typing') await this.#rooms.type(connection, message.room);
  }

  #closeIfRevoked(connection: Connection): void {
    if (this.#platform.revocations.revokes(connection.session.user)) connection.revoke();
  }

  #all(): readonly Connection[] {
    return [...this.#connections.values()].flatMap((connections) => [...connections]);
  }

  #add(connection: Connection): void {
    const connections = this.#connections.get(connection.user) ?? new Set();
    this.#connections.set(connection.user, connections.add(connection));
  }

  #remove(connection: Connection): void {
    const connections = this.#connections.get(connection.user);
    connections?.delete(connection);
    if (connections?.size === 0) this.#connections.delete(connection.user);
  }
}

/** The library tells only in words what is wrong with a handshake (RFC 6455, section 4.2). */
function handshakeProblem({ message }: Error): ProblemError {
  if (message.includes('method'))
    return new ProblemError({
      status: 405,
      code: 'method-not-allowed',
      detail: message,
      headers: { allow: 'GET' },
    });
  if (message.includes('Sec-WebSocket-Version'))
    return new ProblemError({
      status: 426,
      code: 'upgrade-required',
      detail: 'Open the socket with version 13 of the protocol.',
      headers: { 'sec-websocket-version': '13', upgrade: 'websocket' },
    });
  return badRequest(`${message}.`, 'malformed-handshake');
}

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
