import type { MongoClient } from 'mongodb';
import { Gauge, type Registry } from 'prom-client';

/** Counts by the driver's own events, of all pools: a replica set has one for each member. */
export function measurePool(client: MongoClient, metrics: Registry, max: number): void {
  const name = 'documents_pool_connections';
  // The first client of a service is its store.
  if (metrics.getSingleMetric(name) !== undefined) return;
  let [total, inUse, waiting] = [0, 0, 0];
  client.on('connectionCreated', () => (total += 1));
  client.on('connectionClosed', () => (total -= 1));
  client.on('connectionCheckOutStarted', () => (waiting += 1));
  client.on('connectionCheckOutFailed', () => (waiting -= 1));
  client.on('connectionCheckedOut', () => {
    waiting -= 1;
    inUse += 1;
  });
  client.on('connectionCheckedIn', () => (inUse -= 1));
  new Gauge({
    name,
    help: 'Connections to MongoDB: in use, idle, the limit for each member, and operations that wait for one.',
    labelNames: ['state'],
    registers: [metrics],
    collect() {
      this.set({ state: 'in_use' }, inUse);
      this.set({ state: 'idle' }, total - inUse);
      this.set({ state: 'max' }, max);
      this.set({ state: 'waiting' }, waiting);
    },
  });
}
