import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../log.ts';
import { badGateway } from '../http/problem.ts';
import { ok } from '../http/reply.ts';
import { route } from '../http/route.ts';
import { z } from '../openapi/index.ts';
import { defineService } from '../service/definition.ts';
import { type RunningService, start } from '../service/start.ts';
import { spanProbe } from '../testing/index.ts';
import { inSpan } from './span.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const lines: Record<string, any>[] = [];
const log = createLogger({
  service: 'stay-service',
  instance: 'stay-service#1',
  destination: { write: (line) => void lines.push(JSON.parse(line)) },
});

const stays = defineService({
  name: 'stay-service',
  version: '1.0.0',
  routes: (platform) => [
    route.get('/stays/:id', {
      auth: 'public',
      params: z.object({ id: z.string() }),
      responses: { 200: z.object({ id: z.string(), price: z.number() }) },
      async handler({ params: { id } }) {
        const price = await inSpan('price', async (span) => {
          span.set('stay.nights', 3);
          platform.log.info('pricing');
          if (id === 'unpriced') throw new RangeError('no price for the stay of ada@example.com');
          return inSpan('discount', () => 42);
        });
        return ok({ id, price });
      },
    }),
    route.get('/broken', {
      auth: 'public',
      responses: { 200: z.unknown() },
      handler: () => {
        throw badGateway('no answer');
      },
    }),
  ],
});

const sampled = { traceparent: `00-${TRACE}-${CALLER}-01` };
const unsampled = { traceparent: `00-${TRACE}-${CALLER}-00` };

describe('a service that records', () => {
  let probe: ReturnType<typeof spanProbe>;
  let service: RunningService;
  const run = async (options?: Parameters<typeof spanProbe>[0]) => {
    await service?.stop();
    probe = spanProbe(options);
    service = await start(stays, { env: {}, log, tracer: probe, processMetrics: false });
  };
  beforeAll(() => run());
  beforeEach(() => lines.splice(0));
  afterAll(() => service.stop());
  const get = (path: string, headers = {}) => fetch(`${service.url}/api/v1${path}`, { headers });

  it('has a span for the request, and what handlers name within it', async () => {
    await run();
    await get('/stays/7?token=secret', sampled);
    expect(probe.tree()).toBe(`GET /api/v1/stays/:id
  price
    discount`);
    const [request] = probe.spans.filter(({ kind }) => kind === 1);
    expect(request).toMatchObject({ traceId: TRACE, parentId: CALLER });
    expect(request?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/api/v1/stays/:id',
      'url.path': '/api/v1/stays/7',
      'url.scheme': 'http',
      'http.response.status_code': 200,
    });
    expect(probe.spans.find(({ name }) => name === 'price')?.attributes).toEqual({ 'stay.nights': 3 });
  });

  it('logs the span that a line belongs to', async () => {
    await run();
    await get('/stays/7', sampled);
    const price = probe.spans.find(({ name }) => name === 'price');
    expect(lines.find(({ msg }) => msg === 'pricing')).toMatchObject({
      traceId: TRACE,
      spanId: price?.spanId,
    });
  });

  it('says what kind of error it was, and nothing of what it tells', async () => {
    await run();
    await get('/stays/unpriced', sampled);
    expect(probe.tree()).toBe(`GET /api/v1/stays/:id ✗ 500
  price ✗ RangeError`);
    expect(JSON.stringify(probe.spans.map(({ attributes }) => attributes))).not.toContain('ada@');
  });

  it('decides itself only about traces that begin with it', async () => {
    await run({ ratio: 0 });
    await get('/stays/1');
    await get('/stays/2', unsampled);
    expect(probe.spans).toEqual([]);
    await get('/stays/3', sampled);
    expect(probe.spans).toHaveLength(3);
    await run({ ratio: 1 });
    await get('/stays/4', unsampled);
    expect(probe.spans).toEqual([]);
    await get('/stays/5');
    expect(probe.spans).toHaveLength(3);
  });

  it('keeps requests that fail, and no other, when nobody sampled them', async () => {
    await run({ ratio: 0 });
    await get('/broken', unsampled);
    await get('/stays/1', unsampled);
    await get('/stays/1');
    expect(probe.tree()).toBe('GET /api/v1/broken ✗ 502');
    expect(probe.spans[0]).toMatchObject({ traceId: TRACE, parentId: CALLER });
  });

  it('keeps requests that are slow', async () => {
    await run({ ratio: 0, slowMs: 0 });
    await get('/stays/1');
    expect(probe.tree()).toBe('GET /api/v1/stays/:id');
    expect(probe.spans[0]?.endedAt).toBeGreaterThan(probe.spans[0]?.startedAt as number);
  });

  it('shows an example of each duration to whoever reads OpenMetrics', async () => {
    await run();
    await get('/stays/7', sampled);
    const read = async (accept: string) => {
      const answer = await fetch(`${service.url}/metrics`, { headers: { accept } });
      return { type: answer.headers.get('content-type'), text: await answer.text() };
    };
    const open = await read('application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.2');
    expect(open.type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(open.text).toMatch(
      new RegExp(
        `http_request_duration_seconds_bucket\\{.*\\} 1 # \\{trace_id="${TRACE}",span_id="[0-9a-f]{16}"\\} `,
      ),
    );
    expect(open.text).toContain('# TYPE http_requests counter\n');
    expect(open.text).toContain(
      'http_requests_total{method="GET",route="/api/v1/stays/:id",status="200"} 1\n',
    );
    expect(open.text.endsWith('# EOF\n')).toBe(true);
    const classic = await read('*/*');
    expect(classic.type).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(classic.text).not.toContain(TRACE);
    expect(classic.text).toContain('# TYPE http_requests_total counter\n');
    expect(classic.text).toContain(
      'http_requests_total{method="GET",route="/api/v1/stays/:id",status="200"} 1\n',
    );
  });
});

it('a service that does not record takes no notice of spans', async () => {
  const service = await start(stays, { env: {}, log, processMetrics: false });
  const answer = await fetch(`${service.url}/api/v1/stays/7`, { headers: sampled });
  expect(await answer.json()).toEqual({ id: '7', price: 42 });
  lines.splice(0);
  await service.stop();
  expect(service.platform.tracer).toBeUndefined();
});
