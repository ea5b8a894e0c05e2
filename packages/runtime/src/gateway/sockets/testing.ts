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
import { createSockets } from './sockets.ts';

const contracts = {
  'booking.confirmed': z.object({
    bookingId: z.string(),
    guestId: z.string(),
    hostId: z.string().optional(),
  }),
  'message.created': z.object({ participants: z.array(z.string()), text: z.string() }),
};
const gateway = defineService({
  name: 'websocket-gateway',
  version: '1.0.0',
  needs: { pubsub: true },
  contracts,
  routes: () => [],
  consumers: (platform) => forwardEvents(contracts, platform),
  upgrade: createSockets,
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
  /** A client of this user that is ready. */
  join(user: string, replica?: number): Promise<SocketClient>;
  /** Cuts off all clients. */
  cutOff(): void;
  stop(): Promise<void>;
}

export const tokenOf = async (id: string, now?: number): Promise<string> =>
  (await testIssuer()).tokenFor({ id }, now);

/** Two replicas of a gateway. @param urls Of the event bus and of the pub/sub. */
export async function socketReplicas(urls: { events: URL; pubsub: URL }): Promise<SocketReplicas> {
  const env = {
    EVENTS_URL: urls.events.href,
    PUBSUB_URL: urls.pubsub.href,
    CORS_ORIGINS: 'https://app.example.com',
  };
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
    async join(user, replica = 0) {
      const client = connect(addressOf(replica), ['hometrip.v1', `bearer.${await tokenOf(user)}`], {});
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
