/**
 * The edge: holds the ports of the public services, whichever of their instances come and go, and spreads connections
 * over the ready ones. It looks at no byte, so it serves HTTP and WebSockets alike. A process of its own: it outlives a
 * killed supervisor.
 */
import { watch } from 'node:fs';
import { createServer, connect, type Server, type Socket, type AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { writeFileAtomic } from '../../../platform/state-dir.ts';
import { readEdgeConfig, readEdgePorts, readRegistry } from '../state-files.ts';
import type { RegistryDocument, RegistryEntry } from '../supervisor/registry.ts';
import { createBalancer } from './balancer.ts';
import type { EdgeListener, EdgeReport } from './config.ts';

const registryFile = required('REGISTRY_FILE');
const configFile = required('EDGE_CONFIG');
const instanceFile = required('INSTANCE_FILE');
const lastPortsFile = required('EDGE_LAST_PORTS');

const CONNECT_TIMEOUT_MS = 2_000;
/** While every instance is being replaced or restarted, a caller waits rather than being refused. */
const PATIENCE_MS = 5_000;

interface Listener {
  readonly server: Server;
  readonly connections: Set<Socket>;
  readonly port: number;
}

let services: RegistryDocument['services'] = {};
const listeners = new Map<string, Listener>();
let reconciling: Promise<void> = Promise.resolve();

watch(dirname(registryFile), (_, name) => {
  if (name === null || registryFile.endsWith(name)) lookUp();
  if (name === null || configFile.endsWith(name)) reconciling = reconciling.then(reconcile);
});
setInterval(lookUp, 2_000).unref(); // where events get lost
lookUp();
await reconcile();

process.once('SIGTERM', () => {
  for (const { server, connections } of listeners.values()) {
    server.close();
    for (const socket of connections) socket.destroySoon();
  }
  setTimeout(() => process.exit(0), 200).unref();
});

function lookUp(): void {
  services = readRegistry(registryFile)?.services ?? services;
}

/** Opens and closes ports until they are what the configuration says, then reports. */
async function reconcile(): Promise<void> {
  const wanted = readEdgeConfig(configFile)?.listeners ?? [];
  const last = readEdgePorts(lastPortsFile);
  for (const [service, listener] of listeners) {
    if (wanted.some((candidate) => candidate.service === service)) continue;
    listener.server.close();
    listeners.delete(service);
  }
  for (const listener of wanted) {
    if (!listeners.has(listener.service))
      listeners.set(listener.service, await open(listener, last[listener.service]));
  }
  const ports = Object.fromEntries([...listeners].map(([service, { port }]) => [service, port]));
  writeFileAtomic(lastPortsFile, JSON.stringify(ports));
  writeFileAtomic(
    instanceFile,
    JSON.stringify({ pid: process.pid, port: Object.values(ports)[0] ?? 0, ports } satisfies EdgeReport),
  );
}

async function open(listener: EdgeListener, last: number | undefined): Promise<Listener> {
  const balancer = createBalancer(listener.balance);
  const connections = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) => {
    connections.add(client);
    client.once('close', () => connections.delete(client));
    client.on('error', () => client.destroy());
    void forward(client);
  });

  async function forward(client: Socket): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    do {
      const candidates = balancer.order(services[listener.service] ?? [], client.remoteAddress ?? '');
      for (const entry of candidates) {
        const upstream = await dial(entry);
        if (upstream === undefined) continue;
        balancer.opened(entry);
        upstream.once('close', () => balancer.closed(entry));
        return join(client, upstream);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    } while (performance.now() < end && !client.destroyed);
    client.destroy();
  }

  // A restarted edge takes the port that its clients know; a fresh one prefers that of the specification.
  for (const port of [...(last === undefined ? [] : [last]), listener.port, 0]) {
    if (await listen(server, port))
      return { server, connections, port: (server.address() as AddressInfo).port };
  }
  throw new Error(`no port for ${listener.service}`);
}

function listen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    };
    server.once('error', failed);
    server.listen({ port, host: '127.0.0.1', backlog: 1_024 }, () => {
      server.off('error', failed);
      resolve(true);
    });
  });
}

/** Undefined when nobody answers there: nothing was sent yet, so another instance may be tried. */
function dial(entry: RegistryEntry): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const upstream = connect({ host: entry.host, port: entry.port, allowHalfOpen: true, noDelay: true });
    const timer = setTimeout(() => upstream.destroy(), CONNECT_TIMEOUT_MS);
    upstream.once('connect', () => {
      clearTimeout(timer);
      upstream.on('error', () => upstream.destroy());
      resolve(upstream);
    });
    upstream.once('error', () => upstream.destroy());
    upstream.once('close', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}

function join(client: Socket, upstream: Socket): void {
  client.pipe(upstream);
  upstream.pipe(client);
  client.once('close', () => upstream.destroy());
  upstream.once('close', () => client.destroySoon());
  if (client.destroyed) upstream.destroy();
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}
