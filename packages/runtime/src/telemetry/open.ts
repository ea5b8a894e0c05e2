/**
 * Who gets the traces, by the settings of a service.
 *
 * @setting TRACES_URL OTLP endpoint for traces: `http://jaeger:4318`; `?sample=0.5` says how much is recorded. Default: nothing is recorded.
 * @setting TRACES_SAMPLE_RATIO Share of the traces that begin here which is recorded. Default 0.1.
 * @setting TRACES_SLOW_MS Requests that take longer are recorded in any case, in milliseconds. Default 1,000.
 * @setting OTEL_EXPORTER_OTLP_ENDPOINT OpenTelemetry's name for the endpoint; `/v1/traces` is added.
 * @setting OTEL_EXPORTER_OTLP_TRACES_ENDPOINT The same for traces alone, complete with its path.
 * @setting OTEL_EXPORTER_OTLP_HEADERS Sent with every request to the endpoint: `name=value,name2=value2`.
 * @setting OTEL_EXPORTER_OTLP_TRACES_HEADERS The same for traces alone.
 * @setting OTEL_SDK_DISABLED `true`: nothing is recorded.
 * @setting OTEL_TRACES_SAMPLER `always_on`, `always_off` or `traceidratio`, also with `parentbased_` before it. TRACES_SAMPLE_RATIO wins.
 * @setting OTEL_TRACES_SAMPLER_ARG The share for `traceidratio`.
 */
import { parseUrl } from '../address.ts';
import { bounds } from '../bounds.ts';
import { openersFor, openPort, type Opener, type PortOptions } from '../port.ts';
import {
  type Environment,
  readNumber,
  readSetting,
  requireSetting,
  requireUrl,
  SettingError,
} from '../settings.ts';
import { otlpAddress, type OtlpAddress, plainEndpoint, withTracesPath } from './address.ts';
import type { Tracer } from './tracer.ts';

/** What a tracer is opened with. */
export interface TracerOptions extends PortOptions {
  /** Of the service: `1.4.0`. */
  readonly version: string;
  /** How much of the traces that begin here is recorded, 0 to 1. */
  readonly ratio: number;
  readonly slowMs: number;
  /** Sent with every request to the endpoint. */
  readonly headers: Readonly<Record<string, string>>;
}

const openers: readonly Opener<Tracer, TracerOptions>[] = [
  {
    schemes: ['http:', 'https:'],
    open: async (url, options) => (await import('./otlp.ts')).openOtlp(url, options),
  },
];

/**
 * By TRACES_URL, the OTLP endpoint (`http://jaeger:4318`, to which `/v1/traces` is added; `?sample=0.5` says how much is
 * recorded), or OpenTelemetry's own settings. Without them nothing is recorded, and nothing is loaded. @throws SettingError
 */
export async function openTracer(
  env: Environment,
  options: PortOptions & { readonly version: string },
): Promise<Tracer | undefined> {
  const setting = ['TRACES_URL', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'].find(
    (name) => readSetting(env, name) !== undefined,
  );
  if (setting === undefined || readSetting(env, 'OTEL_SDK_DISABLED') === 'true') return undefined;
  const { endpoint, sample, authorization } = addressOf(env, setting);
  const headers = headersOf(env, 'OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'OTEL_EXPORTER_OTLP_HEADERS');
  if (authorization !== undefined) headers['authorization'] = authorization;
  const ratio = ratioOf(sample === undefined ? env : { TRACES_SAMPLE_RATIO: String(sample), ...env });
  const slowMs = readNumber(env, 'TRACES_SLOW_MS', bounds.slowTraceMs);
  try {
    return await openPort('traces', openersFor(options.adapters?.traces, openers), endpoint, {
      ...options,
      headers,
      slowMs,
      ratio,
    });
  } catch (error) {
    throw new SettingError(setting, `${setting} cannot be used: ${(error as Error).message}`);
  }
}

/** TRACES_URL by our rules, with the share that is recorded; OpenTelemetry's own settings by theirs. */
function addressOf(env: Environment, setting: string): OtlpAddress {
  try {
    if (setting === 'TRACES_URL') return otlpAddress(requireUrl(env, setting));
    const url = parseUrl(requireSetting(env, setting));
    // One for traces alone is complete.
    if (setting === 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') return plainEndpoint(url);
    return plainEndpoint(withTracesPath(url));
  } catch (error) {
    if (error instanceof SettingError) throw error;
    throw new SettingError(setting, `${setting} cannot be used: ${(error as Error).message}`);
  }
}

/** `key=value,key2=value2`, percent-encoded, as OpenTelemetry has it; from a file with `_FILE`, since they may hold a token. */
function headersOf(env: Environment, ...settings: readonly string[]): Record<string, string> {
  const setting = settings.find((name) => readSetting(env, name) !== undefined);
  const headers: Record<string, string> = {};
  if (setting === undefined) return headers;
  for (const pair of (readSetting(env, setting) as string).split(',')) {
    const [, name, value] = /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    // The value may be a secret: the message does not repeat it.
    if (name === undefined || value === undefined)
      throw new SettingError(setting, `${setting} must look like name=value,name2=value2.`);
    headers[name.toLowerCase()] = decode(value);
  }
  return headers;
}

/** TRACES_SAMPLE_RATIO, or OpenTelemetry's sampler with its argument. */
function ratioOf(env: Environment): number {
  const sampler = readSetting(env, 'OTEL_TRACES_SAMPLER');
  if (readSetting(env, 'TRACES_SAMPLE_RATIO') !== undefined || sampler === undefined)
    return readNumber(env, 'TRACES_SAMPLE_RATIO', bounds.sampleRatio);
  const kind = sampler.replace('parentbased_', '');
  if (kind === 'always_on') return 1;
  if (kind === 'always_off') return 0;
  if (kind === 'traceidratio')
    return readNumber(env, 'OTEL_TRACES_SAMPLER_ARG', { ...bounds.sampleRatio, default: 1 });
  throw new SettingError(
    'OTEL_TRACES_SAMPLER',
    `OTEL_TRACES_SAMPLER is ${JSON.stringify(sampler)}: use always_on, always_off or traceidratio, also with parentbased_ before it.`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
