/** Metrics as text, in the format that the scraper asks for: OpenMetrics, which has exemplars, or Prometheus's own. */
import { type Metric, type OpenMetricsContentType, Registry } from 'prom-client';

export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

export async function exposition(metrics: Registry, accept: string | undefined): Promise<Exposition> {
  const source = prefersOpenMetrics(accept) ? openMetrics(metrics) : metrics;
  return { contentType: source.contentType, text: await source.metrics() };
}

/**
 * A registry over the same metrics, since the format belongs to a registry. prom-client takes the `_total` off the names of
 * counters while it writes OpenMetrics, and off the metrics themselves: it gets copies.
 */
function openMetrics(metrics: Registry): Registry<OpenMetricsContentType> {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of metrics.getMetricsAsArray() as unknown as readonly Source[]) {
    const copy = {
      name: metric.name,
      type: metric.type,
      get: async () => {
        const state = await metric.get();
        return { ...state, name: state.type === 'counter' ? state.name.replace(/_total$/, '') : state.name };
      },
    };
    registry.registerMetric(copy as unknown as Metric);
  }
  return registry;
}

interface Source {
  readonly name: string;
  readonly type: string;
  get(): Promise<{ readonly name: string; readonly type: string }>;
}

/** RFC 9110, section 12.5.1, for two types; without a preference it is the older one. */
export function prefersOpenMetrics(accept: string | undefined): boolean {
  const weights = { open: 0, text: 0 };
  for (const range of (accept ?? '').split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    const weight = q === undefined ? 1 : Number(q.slice(2)) || 0;
    const version = parameters.find((parameter) => parameter.startsWith('version='));
    if (type === 'application/openmetrics-text' && (version === undefined || version === 'version=1.0.0'))
      weights.open = Math.max(weights.open, weight);
    if (type === 'text/plain') weights.text = Math.max(weights.text, weight);
  }
  return weights.open > weights.text;
}
