/** Whatever clients and queues come up with, metrics stay as many as the code declares. */
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from '../openapi/index.ts';
import { dispatcher } from '../events/dispatch.ts';
import { eventMetrics } from '../events/metrics.ts';
import { on } from '../events/contracts.ts';
import type { BusAdapter } from '../events/port.ts';
import { type TestBackend, type TestEdge, staysTable, testBackend, testEdge } from '../gateway/testing.ts';
import { portOptions } from '../testing/index.ts';
import { HttpMetrics } from './http.ts';

const MANY = 10_000;

async function series(registry: Registry, name: string): Promise<string[]> {
  const text = await registry.metrics();
  return text.split('\n').filter((line) => line.startsWith(`${name}{`));
}

describe('requests', () => {
  it('have few methods and few statuses, however many are made up', async () => {
    const registry = new Registry();
    const metrics = new HttpMetrics(registry);
    for (let index = 0; index < MANY; index += 1)
      metrics.route(`METHOD-${index}`, '/stays').record(index % 1_000, 0.01);
    const lines = await series(registry, 'http_requests_total');
    expect(lines.every((line) => line.includes('method="other"'))).toBe(true);
    expect(lines).toContain('http_requests_total{method="other",route="/stays",status="2xx"} 900');
    expect(lines).toContain('http_requests_total{method="other",route="/stays",status="200"} 10');
    expect(lines.length).toBeLessThan(80);
  });

  it('have few routes, should something ever take paths for routes', async () => {
    const registry = new Registry();
    const metrics = new HttpMetrics(registry);
    for (let index = 0; index < MANY; index += 1) metrics.route('GET', `/stays/${index}`).record(200, 0.01);
    const lines = await series(registry, 'http_requests_total');
    expect(lines).toHaveLength(2_001);
    expect(lines.at(-1)).toBe('http_requests_total{method="any",route="other",status="200"} 8000');
  });
});

describe('a gateway', () => {
  let backend: TestBackend;
  let edge: TestEdge;
  beforeAll(async () => {
    let count = 0;
    backend = await testBackend((_, response) => {
      count += 1;
      response.writeHead(500 + (count % 100)).end();
    });
    edge = await testEdge({ table: staysTable(), instances: { stays: [backend.port] } });
  });
  afterAll(async () => {
    await edge.close();
    await backend.close();
  });

  it('counts by what is declared, whatever is asked for and answered', async () => {
    const { metrics } = edge.service.platform;
    const known = new Set(['GET', 'PUT', 'DELETE', 'other']);
    const ask = (index: number) =>
      fetch(`${edge.url}${index % 2 === 0 ? `/nowhere/${index}` : `/api/v1/stays/${index}`}`, {
        method: ['GET', 'PUT', 'DELETE', 'PROPFIND', 'MKCOL', 'REPORT'][index % 6] as string,
      }).then((answer) => answer.arrayBuffer());
    for (let from = 0; from < 2_000; from += 50)
      await Promise.all(Array.from({ length: 50 }, (_, index) => ask(from + index)));
    const lines = await series(metrics, 'http_requests_total');
    const label = (name: string) =>
      new Set(lines.map((line) => new RegExp(`${name}="([^"]*)"`).exec(line)?.[1]));
    expect(label('route')).toEqual(new Set(['/api/v1/stays', 'unmatched']));
    expect([...label('method')].every((method) => known.has(String(method)))).toBe(true);
    // The twelve of them that have a name, 404 and 405 of the gateway's own, and one for the rest.
    expect(label('status')).toContain('5xx');
    expect(label('status').size).toBeLessThanOrEqual(15);
  });
});

describe('events', () => {
  it('that nobody knows are counted as one', async () => {
    const registry = new Registry();
    const bus = { lag: () => Promise.resolve({ waiting: 0, seconds: 0, dead: 0 }) } as unknown as BusAdapter;
    const contracts = { 'booking.confirmed': z.object({}) };
    const handle = dispatcher([on(contracts, 'booking.confirmed', async () => undefined)], {
      group: 'stay-service',
      attempts: 1,
      retry: { base: 1, max: 1 },
      log: portOptions().log,
      metrics: eventMetrics(registry, 'stay-service', bus, undefined),
      store: undefined,
      system: 'rabbitmq',
    });
    for (let index = 0; index < MANY; index += 1) {
      const name = index === 0 ? 'booking.confirmed' : `made.up.${index}`;
      const message = { id: String(index), name, source: 'x', payload: {}, headers: {}, occurredAt: '' };
      await handle({ message, attempt: 1 });
    }
    expect(await series(registry, 'events_consumed_total')).toEqual([
      'events_consumed_total{event="booking.confirmed",outcome="handled"} 1',
      'events_consumed_total{event="other",outcome="dead"} 9999',
    ]);
  });
});
