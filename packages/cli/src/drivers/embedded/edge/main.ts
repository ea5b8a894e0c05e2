/**
 * The edge: holds the ports of the services, whichever of their instances come and go, and spreads connections
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
import type { EdgeListener, EdgePorts } from './config.ts';

const registryFile = required('REGISTRY_FILE');
const configFile = required('EDGE_CONFIG');
const instanceFile = required('INSTANCE_FILE');
const lastPortsFile = required('EDGE_LAST_PORTS');

const CONNECT_TIMEOUT_MS = 2_000;
/** While every instance is being replaced or restarted, a caller waits rather than being refused. */
const PATIENCE_MS = 5_000;

interface Listener {
  /** More than one: the specified port became free after another one had been taken. */
  readonly open: readonly { readonly server: Server; readonly connections: Set<Socket> }[];
  readonly port: number;
  /** What services.yaml said when this port was taken. */
  readonly specified: number;
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
  for (const { server, connections } of [...listeners.values()].flatMap((listener) => listener.open)) {
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
    const same = wanted.find((one) => one.service === service && one.port === listener.specified);
    if (same === undefined) {
      for (const { server } of listener.open) server.close();
      listeners.delete(service);
    } else if (listener.port !== same.port) {
      // Whoever had the port may have gone since. The other one stays: somebody may know it.
      const found = await open(same, [same.port]);
      if (found !== undefined) listeners.set(service, { ...found, open: [...listener.open, ...found.open] });
    }
  }
  for (const listener of wanted) {
    if (listeners.has(listener.service)) continue;
    // A restarted edge takes the port that its clients know, unless services.yaml says another one since.
    const known = last[listener.service];
    const ports = known?.specified === listener.port ? [known.port, listener.port, 0] : [listener.port, 0];
    const found = await open(listener, ports);
    if (found !== undefined) listeners.set(listener.service, found);
  }
  const ports = Object.fromEntries(
    [...listeners].map(([service, { port, specified }]) => [service, { port, specified }]),
  ) satisfies EdgePorts;
  write(lastPortsFile, ports);
  write(instanceFile, { pid: process.pid, port: Object.values(ports)[0]?.port ?? 0 });
}

/** What cannot be written (a full disk) must not take the ports from their clients. */
function write(path: string, content: object): void {
  try {
    writeFileAtomic(path, JSON.stringify(content));
  } catch (error) {
    const msg = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `${JSON.stringify({ level: 'error', time: new Date().toISOString(), service: 'edge', msg })}\n`,
    );
  }
}

/** At the first of these ports that is free; undefined when none is. */
async function open(listener: EdgeListener, ports: readonly number[]): Promise<Listener | undefined> {
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

  for (const port of ports) {
    if (await listen(server, port))
      return {
        open: [{ server, connections }],
        port: (server.address() as AddressInfo).port,
        specified: listener.port,
      };
  }
  return undefined;
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
