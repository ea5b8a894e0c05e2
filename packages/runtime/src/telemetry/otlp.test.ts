import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { runInContext } from '../context.ts';
import { createLogger } from '../log.ts';
import type { Environment } from '../settings.ts';
import { openTracer } from './open.ts';
import { Kind, Span } from './span.ts';
import { randomHex } from './trace-context.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
});

/** Answers as the test wants; keeps what it was sent. */
async function endpoint(status: () => number) {
  const requests: { path: string; headers: IncomingMessage['headers']; bytes: number }[] = [];
  const server = createServer(async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += (chunk as Buffer).length;
    requests.push({ path: request.url as string, headers: request.headers, bytes });
    response.writeHead(status()).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closings.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

async function tracerOf(env: Environment) {
  const metrics = new Registry();
  const lines: any[] = [];
  const log = createLogger({
    service: 'stay-service',
    instance: 'stay-service#1',
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
  });
  const own = { service: 'stay-service', instance: 'stay-service#1', log, metrics, clock: systemClock };
  const tracer = await openTracer(env, { ...own, version: '1.0.0' });
  if (tracer === undefined) throw new Error('nothing was opened');
  closings.push(() => tracer.close());
  const counts = async () =>
    Object.fromEntries(
      (await metrics.metrics())
        .split('\n')
        .filter((line) => line.startsWith('traces_'))
        .map((line) => line.split(' ') as [string, string]),
    );
  const record = (count: number) => {
    for (let index = 0; index < count; index += 1) {
      const position = { traceId: randomHex(16), spanId: randomHex(8), parentId: undefined };
      new Span(tracer, 'GET /', Kind.server, position).end();
    }
  };
  return { tracer, record, counts, lines, messages: () => lines.map(({ msg }) => msg as string) };
}

describe('the endpoint', () => {
  it.each([
    [{ TRACES_URL: '' }, undefined],
    [{ TRACES_URL: '/' }, '/v1/traces'],
    [{ TRACES_URL: '/v1/traces' }, '/v1/traces'],
    [{ TRACES_URL: '/tenant/a' }, '/tenant/a/v1/traces'],
    [{ TRACES_URL: '/?sample=1&key=a' }, '/v1/traces?key=a'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '/' }, '/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '/as-it-is' }, '/as-it-is'],
  ])('%j', async (paths: Record<string, string>, expected) => {
    const { url, requests } = await endpoint(() => 200);
    const env = Object.fromEntries(
      Object.entries(paths).map(([name, path]) => [name, path === '' ? '' : url + path]),
    );
    if (expected === undefined) {
      await expect(tracerOf(env)).rejects.toThrow('nothing was opened');
      return;
    }
    const { record, tracer } = await tracerOf(env);
    record(1);
    await tracer.close();
    expect(requests.map(({ path }) => path)).toEqual([expected]);
    expect(requests[0]?.headers['content-type']).toBe('application/x-protobuf');
  });

  it('gets its password and its headers from settings that no process list shows', async () => {
    const { url, requests } = await endpoint(() => 200);
    const { record, tracer } = await tracerOf({
      TRACES_URL: url.replace('//', '//collector@'),
      TRACES_PASSWORD: 's3cret',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-scope-orgid=a%20b, x-other=1',
    });
    record(1);
    await tracer.close();
    expect(requests[0]?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('collector:s3cret').toString('base64')}`,
      'x-scope-orgid': 'a b',
      'x-other': '1',
    });
  });

  it.each([
    [{ TRACES_URL: 'localhost' }, 'TRACES_URL is not a URL'],
    [
      { TRACES_URL: 'kafka://broker' },
      'TRACES_URL cannot be used: there is no traces adapter for kafka:// addresses: use one of http://, https://',
    ],
    [
      { TRACES_URL: 'http://h', TRACES_SAMPLE_RATIO: '10%' },
      'TRACES_SAMPLE_RATIO is "10%": it must be a number from 0 to 1.',
    ],
    [{ TRACES_URL: 'http://h', OTEL_TRACES_SAMPLER: 'jaeger' }, 'OTEL_TRACES_SAMPLER is "jaeger"'],
    [
      { TRACES_URL: 'http://h', OTEL_EXPORTER_OTLP_HEADERS: 'Bearer s3cret' },
      'OTEL_EXPORTER_OTLP_HEADERS must look like name=value,name2=value2.',
    ],
  ])('%j is refused', async (env, message) => {
    await expect(tracerOf(env)).rejects.toThrow(message);
  });
});

describe('sampling', () => {
  it.each([
    [{ TRACES_SAMPLE_RATIO: '1' }, 1],
    [{ TRACES_SAMPLE_RATIO: '0' }, 0],
    [{ TRACES_SAMPLE_RATIO: '0.5' }, 0.5],
    [{}, 0.1],
    [{ OTEL_TRACES_SAMPLER: 'always_on' }, 1],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' }, 0.25],
    [{ OTEL_TRACES_SAMPLER: 'always_on', TRACES_SAMPLE_RATIO: '0' }, 0],
    [{ TRACES_URL: 'http://127.0.0.1:9?sample=1' }, 1],
    [{ TRACES_URL: 'http://127.0.0.1:9?sample=1', TRACES_SAMPLE_RATIO: '0' }, 0],
  ])('%j', async (env, ratio) => {
    const { tracer } = await tracerOf({ TRACES_URL: 'http://127.0.0.1:9', ...env });
    const count = Array.from({ length: 20_000 }, () => tracer.sampled()).filter(Boolean).length;
    expect(count / 20_000).toBeCloseTo(ratio, ratio === 0 || ratio === 1 ? 10 : 1);
  });
});

describe('export', () => {
  it('sends in batches, and what is left when the service stops', async () => {
    const { url, requests } = await endpoint(() => 200);
    const { record, tracer, counts } = await tracerOf({ TRACES_URL: url });
    record(300);
    await expect.poll(() => requests.length).toBe(1);
    await tracer.close();
    expect(requests).toHaveLength(2);
    expect(await counts()).toEqual({
      traces_spans_waiting: '0',
      traces_spans_exported_total: '300',
      'traces_spans_dropped_total{reason="queue_full"}': '0',
      'traces_spans_dropped_total{reason="failed"}': '0',
    });
  });

  it('drops what does not fit into the queue, and counts it', async () => {
    const { url } = await endpoint(() => 200);
    const { record, counts } = await tracerOf({ TRACES_URL: url });
    record(5_000);
    expect(await counts()).toMatchObject({
      traces_spans_waiting: '4096',
      'traces_spans_dropped_total{reason="queue_full"}': '904',
    });
    await expect.poll(counts).toMatchObject({ traces_spans_exported_total: '4096' });
  });

  it('says once that the endpoint refuses, and once that it is well again', async () => {
    let status = 400;
    const { url } = await endpoint(() => status);
    const { record, counts, messages } = await tracerOf({ TRACES_URL: url });
    for (const dropped of [256, 512, 768]) {
      record(256);
      await expect
        .poll(counts)
        .toMatchObject({ 'traces_spans_dropped_total{reason="failed"}': String(dropped) });
    }
    status = 200;
    record(256);
    await expect.poll(counts).toMatchObject({ traces_spans_exported_total: '256' });
    expect(messages()).toEqual([
      'Traces cannot be sent at the moment; they are dropped',
      'Traces are sent again',
    ]);
  });

  it('is about no request in particular, in the log too', async () => {
    const { url } = await endpoint(() => 400);
    const { record, lines } = await tracerOf({ TRACES_URL: url });
    const span = { traceId: randomHex(16), spanId: randomHex(8), traceFlags: '01' };
    const context = {
      ...span,
      requestId: 'r1',
      deadline: undefined,
      signal: undefined,
      authorization: undefined,
    };
    runInContext(context, () => record(256));
    await expect.poll(() => lines).toHaveLength(1);
    expect(lines[0]).not.toHaveProperty('requestId');
  });

  it('asks again when the endpoint is busy', async () => {
    let asked = 0;
    const { url } = await endpoint(() => ((asked += 1) === 1 ? 503 : 200));
    const { record, counts } = await tracerOf({ TRACES_URL: url });
    record(256);
    await expect.poll(counts, { timeout: 5_000 }).toMatchObject({ traces_spans_exported_total: '256' });
    expect(asked).toBe(2);
  });

  it('stops in time when nobody answers, and says what is lost', async () => {
    const { record, tracer, messages } = await tracerOf({ TRACES_URL: 'http://127.0.0.1:9' });
    record(10);
    await tracer.close();
    // Had it waited for the exporter's retries, their failure would be here.
    expect(messages()).toEqual(['Spans were not sent before the end']);
  });
});
