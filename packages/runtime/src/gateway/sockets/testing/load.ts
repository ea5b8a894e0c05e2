/** Many clients, many events, and everything that happens to clients, replicas and servers in the middle. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import {
  type EventSocket,
  openEventSocket,
} from '../../../../../../generated/clients/typescript/src/socket.ts';
import { eventProbe, testIssuer } from '../../../testing/index.ts';
import { settingsOf, tokenOf } from '../testing.ts';

const fixture = fileURLToPath(new URL('./replica.fixture.ts', import.meta.url));

export interface Replica {
  readonly url: string;
  readonly process: ChildProcess;
}

export async function startReplica(urls: { events: URL; pubsub: URL }, number: number): Promise<Replica> {
  const { issuer, audience, jwks } = await testIssuer();
  const child = spawn(process.execPath, ['--no-warnings', fixture], {
    env: {
      ...process.env,
      ...settingsOf(urls),
      INSTANCE_ID: `websocket-gateway#${number}`,
      TEST_ISSUER: JSON.stringify({ issuer, audience, jwks }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return { url: `${String(line).trim().replace('http', 'ws')}/ws`, process: child };
}

export async function endReplica({ process: child }: Replica, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

export interface Incident {
  readonly name: string;
  /** @param replicas To change; two of them serve whenever possible. */
  happen(replicas: Replica[]): Promise<unknown>;
}

export interface Load {
  readonly urls: { events: URL; pubsub: URL };
  readonly clients: number;
  readonly events: number;
  readonly incidents: readonly Incident[];
}

interface LoadClient {
  readonly user: string;
  readonly socket: EventSocket;
  readonly heard: string[];
  readonly raw: { open: WebSocket | undefined };
  gaps: number;
  connections: number;
  inRoom: boolean;
  /** Of events on the wire, as `id room`: the client itself would hide what comes again. */
  readonly wire: string[];
}

/** The client that is generated for developers, and a way to cut it off. Each time, it goes to any replica. */
function connect(replicas: readonly Replica[], room: string): LoadClient {
  const user = randomUUID();
  const raw: LoadClient['raw'] = { open: undefined };
  const heard: string[] = [];
  const client = { user, heard, raw, gaps: 0, connections: 0, inRoom: false, wire: [] as string[] };
  const Socket = class extends WebSocket {
    constructor(_: string | URL, protocols?: ConstructorParameters<typeof WebSocket>[1]) {
      super(replicas[Math.floor(Math.random() * replicas.length)]?.url ?? 'ws://127.0.0.1:1/ws', protocols);
      raw.open = this;
      client.connections += 1;
      this.addEventListener('message', ({ data }) => {
        const { type, id, room: from } = JSON.parse(String(data));
        if (type === 'event') client.wire.push(`${id} ${from}`);
      });
    }
  };
  const socket = openEventSocket({
    url: 'ws://any.test/ws',
    token: () => tokenOf(user),
    onEvent({ data, room: from }) {
      const { bookingId, text } = data as { bookingId?: string; text?: string };
      if (text === 'begin') client.inRoom = true;
      else heard.push(from === undefined ? String(bookingId) : `room ${text}`);
    },
    onGap: () => (client.gaps += 1),
    WebSocket: Socket,
  });
  socket.join(room);
  return Object.assign(client, { socket });
}

export async function runLoad({ urls, clients: count, events, incidents }: Load) {
  const replicas = [await startReplica(urls, 1), await startReplica(urls, 2)];
  const probe = await eventProbe(urls.events, []);
  const conversationId = randomUUID();
  const clients = Array.from({ length: count }, () => connect(replicas, `conversation:${conversationId}`));
  const everybody = (fits: (client: LoadClient) => boolean, timeout = 60_000) =>
    expect.poll(() => clients.filter((client) => !fits(client)).length, { timeout }).toBe(0);
  let running = true;
  try {
    // Whoever comes to the room later gets nothing of what was before.
    const isIn = async () => {
      await probe.publish('message.created', { participants: [], text: 'begin', conversationId });
      return clients.every(({ inRoom }) => inRoom);
    };
    await expect.poll(isIn, { timeout: 60_000, interval: 200 }).toBe(true);
    let [sent, acknowledged] = [0, 0];
    const expected = new Map(clients.map(({ user }) => [user, [] as string[]]));
    // One event in twenty is for all.
    const publish = async (number: number): Promise<void> => {
      sent += 1;
      const toAll = number % 20 === 0;
      const { user } = clients[number % count] as LoadClient;
      for (const each of toAll ? [...expected.keys()] : [user])
        expected.get(each)?.push(toAll ? `room ${number}` : String(number));
      if (toAll)
        await probe.publish('message.created', { participants: [], text: String(number), conversationId });
      else await probe.publish('booking.confirmed', { bookingId: String(number), owner: user });
      acknowledged += 1;
    };
    const cutting = (async () => {
      while (running) {
        (clients[Math.floor(Math.random() * count)] as LoadClient).raw.open?.close();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    const publishing = (async () => {
      for (let number = 1; number <= events; number += 20)
        await Promise.all(Array.from({ length: 20 }, (_, index) => publish(number + index)));
    })();
    // Awaited below; until then a failure is not unheard.
    publishing.catch(() => undefined);
    for (const [index, incident] of incidents.entries()) {
      const goal = (events * (index + 1)) / (incidents.length + 1);
      await expect.poll(() => acknowledged, { timeout: 120_000, interval: 5 }).toBeGreaterThan(goal);
      await incident.happen(replicas);
    }
    await publishing;
    const total = (user: string) => expected.get(user)?.length ?? 0;
    await everybody(({ user, heard }) => new Set(heard).size >= total(user));
    running = false;
    await cutting;
    const lost = clients.flatMap(({ user, heard }) => {
      const had = new Set(heard);
      return (expected.get(user) ?? []).filter((message) => !had.has(message));
    });
    const delivered = clients.reduce((sum, { heard }) => sum + heard.length, 0);
    const distinct = clients.reduce((sum, { heard }) => sum + new Set(heard).size, 0);
    return {
      clients: count,
      sent,
      acknowledged,
      due: [...expected.values()].reduce((sum, { length }) => sum + length, 0),
      delivered,
      duplicated: delivered - distinct,
      repeatedOnTheWire: clients.reduce((sum, { wire }) => sum + wire.length - new Set(wire).size, 0),
      lost: lost.length,
      gaps: clients.reduce((sum, { gaps }) => sum + gaps, 0),
      connections: clients.reduce((sum, { connections }) => sum + connections, 0),
      incidents: incidents.map(({ name }) => name),
    };
  } finally {
    running = false;
    for (const { socket } of clients) socket.close();
    await probe.close();
    await Promise.all(replicas.map((replica) => endReplica(replica, 'SIGKILL')));
  }
}

/** What happens to replicas whatever the server is. */
export const replicaIncidents = (urls: Load['urls']): readonly Incident[] => [
  {
    name: 'a replica is killed, and another one comes',
    async happen(replicas) {
      await endReplica(replicas[0] as Replica, 'SIGKILL');
      replicas[0] = await startReplica(urls, 1);
    },
  },
  {
    name: 'a replica is replaced',
    async happen(replicas) {
      const [, old] = replicas;
      replicas[1] = await startReplica(urls, 3);
      await endReplica(old as Replica, 'SIGTERM');
    },
  },
];
