/**
 * Hands spans to OpenTelemetry's batch processor and OTLP exporter (protobuf over HTTP, with retries). Loaded only when there
 * is an endpoint. Bounded: what does not fit into the queue is dropped and counted, never waited for.
 */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace';
import { Counter, Gauge } from 'prom-client';
import { pause } from '../backoff.ts';
import { outsideContext } from '../context.ts';
import type { TracerOptions } from './open.ts';
import { RecordedSpan } from './recorded-span.ts';
import type { Span } from './span.ts';
import type { Tracer } from './tracer.ts';

/** Spans that may wait, those under way included: about 3 MB. */
const QUEUE = 4_096;
/** Serialising a batch holds the event loop up: 256 spans for about a millisecond. */
const BATCH = 256;
const DELAY_MS = 2_000;
/** For one batch, its retries included. */
const EXPORT_MS = 10_000;
/** How long a service that stops waits for the endpoint. */
const CLOSE_MS = 3_000;

type ExportDone = Parameters<SpanExporter['export']>[1];

export function openOtlp(url: URL, options: TracerOptions): Tracer {
  return new OtlpTracer(url, options);
}

class OtlpTracer implements Tracer {
  readonly slowMs: number;
  readonly #ratio: number;
  readonly #options: TracerOptions;
  readonly #endpoint: string;
  readonly #exporter: SpanExporter;
  readonly #processor: BatchSpanProcessor;
  readonly #resource: Resource;
  readonly #exported: Counter;
  readonly #dropped: Counter<'reason'>;
  #waiting = 0;
  #away = false;
  #closing: Promise<void> | undefined;

  constructor(url: URL, options: TracerOptions) {
    const { service, instance, version, metrics, headers } = options;
    this.slowMs = options.slowMs;
    this.#ratio = options.ratio;
    this.#options = options;
    this.#endpoint = url.origin;
    this.#resource = resourceFromAttributes({
      'service.name': service,
      'service.version': version,
      'service.instance.id': instance,
    });
    this.#exporter = new OTLPTraceExporter({
      url: url.href,
      headers: { ...headers },
      timeoutMillis: EXPORT_MS,
    });
    this.#processor = new BatchSpanProcessor({
      exporter: {
        export: (spans, done) => this.#export(spans, done),
        forceFlush: () => this.#exporter.forceFlush?.() ?? Promise.resolve(),
        shutdown: () => this.#exporter.shutdown(),
      },
      maxQueueSize: QUEUE,
      maxExportBatchSize: BATCH,
      scheduledDelayMillis: DELAY_MS,
      exportTimeoutMillis: EXPORT_MS + 1_000,
    });
    const registers = [metrics];
    this.#exported = new Counter({
      name: 'traces_spans_exported_total',
      help: 'Spans that the endpoint took.',
      registers,
    });
    this.#dropped = new Counter({
      name: 'traces_spans_dropped_total',
      help: 'Spans that are lost: queue_full (more than can be sent), failed (the endpoint did not take them).',
      labelNames: ['reason'],
      registers,
    });
    for (const reason of ['queue_full', 'failed']) this.#dropped.inc({ reason }, 0);
    const waiting = () => this.#waiting;
    new Gauge({
      name: 'traces_spans_waiting',
      help: 'Spans that are not sent yet.',
      registers,
      collect() {
        this.set(waiting());
      },
    });
  }

  sampled(): boolean {
    return this.#ratio > 0 && Math.random() < this.#ratio;
  }

  ended(span: Span): void {
    // The processor has a bound as well, but tells nobody what it drops, and forgets about batches under way.
    if (this.#waiting >= QUEUE || this.#closing !== undefined) {
      this.#dropped.inc({ reason: 'queue_full' });
      return;
    }
    this.#waiting += 1;
    // The batch that begins here is not this request's: neither are its timer, its connection and what is logged about it.
    outsideContext(() => this.#processor.onEnd(new RecordedSpan(span, this.#resource)));
  }

  /** Sends what waits, for three seconds at most. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const patience = new AbortController();
    await Promise.race([this.#processor.shutdown().catch(() => undefined), pause(CLOSE_MS, patience.signal)]);
    patience.abort();
    if (this.#waiting > 0)
      this.#options.log.warn(
        { spans: this.#waiting, endpoint: this.#endpoint },
        'Spans were not sent before the end',
      );
  }

  #export(spans: ReadableSpan[], done: ExportDone): void {
    this.#exporter.export(spans, (result) => {
      this.#waiting -= spans.length;
      // 0: success.
      if (result.code === 0) {
        this.#exported.inc(spans.length);
        if (this.#away) this.#options.log.info({ endpoint: this.#endpoint }, 'Traces are sent again');
        this.#away = false;
      } else {
        this.#dropped.inc({ reason: 'failed' }, spans.length);
        // Once per trouble, not once per batch.
        if (!this.#away)
          this.#options.log.warn(
            { err: result.error, endpoint: this.#endpoint },
            'Traces cannot be sent at the moment; they are dropped',
          );
        this.#away = true;
      }
      // The processor has nothing to add to what is said here.
      done({ code: 0 });
    });
  }
}
