/** For tests: replicas of a gateway that share an event bus and a pub/sub, and clients with sockets to them. */
import { WebSocket } from 'ws';
import { z } from 'zod';
import { createVerifier } from '../../auth/verifier.ts';
import { systemClock } from '../../clock.ts';
import { defineService } from '../../service/definition.ts';
import { type RunningService, start } from '../../service/start.ts';
import { eventProbe, portOptions, testIssuer } from '../../testing/index.ts';
import { eventually } from '../testing.ts';
import { forwardEvents } from './forward.ts';
import type { RoomKinds } from './rooms.ts';
import { createSockets, type SocketPlatform } from './sockets.ts';

const contracts = {
  'booking.confirmed': z.object({
    bookingId: z.string(),
    owner: z.string(),
    userId: z.string().optional(),
  }),
  'message.created': z.object({
    participants: z.array(z.string()),
    text: z.string(),
    conversationId: z.string().optional(),
  }),
};
/** `<room> <user>`, who may not be there; `broken` rooms cannot be asked about. */
const barred = new Set<string>();
const rooms: RoomKinds<SocketPlatform> = {
  conversation: {
    mayJoin({ user, id, authorization }) {
      if (id === 'broken' || !authorization.startsWith('Bearer ')) throw new Error('not now');
      return !barred.has(`conversation:${id} ${user.id}`);
    },
    events: { 'message.created': ({ conversationId }) => conversationId },
  },
  user: { ofUsers: true, mayJoin: () => true },
};
/** So short that tests see the end of them. */
const presence = { beat: 200, lease: 1_000, grace: 300 };
export const gateway = defineService({
  name: 'websocket-gateway',
  version: '1.0.0',
  needs: { pubsub: true },
  contracts,
  routes: () => [],
  consumers: (platform) => forwardEvents(contracts, platform, { rooms }),
  upgrade: (platform) => createSockets(platform, { rooms, presence }),
});

export class SocketClient {
  readonly socket: WebSocket;
  readonly messages: any[] = [];
  closed: number | undefined;
  constructor(url: string, protocols: string[], headers: Record<string, string>) {
    this.socket = new WebSocket(url, protocols, { headers });
    this.socket.on('message', (data) => this.messages.push(JSON.parse(String(data))));
    this.socket.on('close', (code) => (this.closed = code));
    this.socket.on('error', () => undefined);
  }
  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }
  of = (type: string) => this.messages.filter((message) => message.type === type);
  events = () => this.messages.filter(({ type }) => type === 'event').map(({ event, data }) => [event, data]);
  async until(type: string): Promise<any> {
    await eventually(() => this.messages.some((message) => message.type === type));
    return this.messages.find((message) => message.type === type);
  }
}

export interface SocketReplicas {
  readonly replicas: readonly RunningService[];
  publish(event: keyof typeof contracts, payload: object): Promise<void>;
  /** One more, which the caller stops. */
  run(): Promise<RunningService>;
  connect(url: string, protocols: string[], headers: Record<string, string>): SocketClient;
  addressOf(replica: number, path?: string): string;
  /** A client of this user that is ready. @param after Position to go on from. */
  join(user: string, replica?: number, after?: string): Promise<SocketClient>;
  /** Adds `<room> <user>`: they may not be in this room. */
  readonly barred: Set<string>;
  /** Cuts off all clients. */
  cutOff(): void;
  stop(): Promise<void>;
}

/** What a replica of its own process is told. */
export const settingsOf = (urls: { events: URL; pubsub: URL }) => ({
  EVENTS_URL: urls.events.href,
  PUBSUB_URL: urls.pubsub.href,
  CORS_ORIGINS: 'https://app.example.com',
});

export const tokenOf = async (id: string, now?: number): Promise<string> =>
  (await testIssuer()).tokenFor({ id }, now);

/** Two replicas of a gateway. @param urls Of the event bus and of the pub/sub. */
export async function socketReplicas(urls: { events: URL; pubsub: URL }): Promise<SocketReplicas> {
  const env = settingsOf(urls);
  const verifier = createVerifier({ ...(await testIssuer()), clock: systemClock });
  const run = () => start(gateway, { env, verifier, log: portOptions().log, processMetrics: false });
  const replicas = [await run(), await run()];
  const probe = await eventProbe(urls.events, []);
  const clients: SocketClient[] = [];
  const connect = (...args: ConstructorParameters<typeof SocketClient>) => {
    const client = new SocketClient(...args);
    clients.push(client);
    return client;
  };
  const addressOf = (replica: number, path = '/ws') =>
    `${(replicas[replica] as RunningService).url.replace('http', 'ws')}${path}`;
  return {
    replicas,
    publish: (event, payload) => probe.publish(event, payload),
    run,
    connect,
    addressOf,
    barred,
    async join(user, replica = 0, after) {
      const resume = after === undefined ? [] : [`resume.${after}`];
      const protocols = ['hometrip.v1', `bearer.${await tokenOf(user)}`, ...resume];
      const client = connect(addressOf(replica), protocols, {});
      await client.until('ready');
      return client;
    },
    cutOff: () => clients.splice(0).forEach(({ socket }) => socket.terminate()),
    async stop() {
      await probe.close();
      await Promise.all(replicas.map((replica) => replica.stop()));
    },
  };
}
