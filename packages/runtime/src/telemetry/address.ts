/** What the address of an OTLP endpoint says. */
import { AddressError, checkAddress } from '../address.ts';
import { bounds } from '../bounds.ts';

/** An endpoint for traces, from `http://host:4318?sample=0.5`. */
export interface OtlpAddress {
  /** For the exporter: without user, password and our own parameter, and with the path that OTLP names. */
  readonly endpoint: URL;
  /** Share of the traces that begin here which is recorded; undefined: the address does not say. */
  readonly sample: number | undefined;
  readonly authorization: string | undefined;
}

/** Each with the port that it means without naming one. */
export const otlpSchemes = { 'http:': 80, 'https:': 443 } as const;

const FORM = 'http://host:4318 or https://user@host, and ?sample=0.5 to say how much is recorded';

/** The endpoint's own parameters are handed on. @throws AddressError when the address is none of an OTLP endpoint. */
export function otlpAddress(url: URL): OtlpAddress {
  const parameters = [...new Set(url.searchParams.keys())];
  const repeated = parameters.filter((name) => name !== 'sample');
  // Adapters of a service's own have rules of their own.
  if (Object.hasOwn(otlpSchemes, url.protocol))
    checkAddress(url, { of: 'an OTLP endpoint', form: FORM, parameters, repeated, path: 'any' });
  const text = url.searchParams.get('sample');
  const { min, max } = bounds.sampleRatio;
  const sample = text === null ? undefined : /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (sample !== undefined && !(sample >= min && sample <= max))
    throw new AddressError(
      `sample in an address of an OTLP endpoint is a number from ${min} to ${max}`,
      FORM,
    );
  const plain = new URL(url);
  // Written anew by URLSearchParams, other parameters might change their encoding.
  if (sample !== undefined) plain.searchParams.delete('sample');
  return { ...plainEndpoint(withTracesPath(plain)), sample };
}

/** Of a base address: with the path that OTLP names. */
export function withTracesPath(url: URL): URL {
  const endpoint = new URL(url);
  if (!endpoint.pathname.endsWith('/v1/traces'))
    endpoint.pathname = `${endpoint.pathname.replace(/\/$/, '')}/v1/traces`;
  return endpoint;
}

/** User and password apart, as a header. */
export function plainEndpoint(url: URL): OtlpAddress {
  const endpoint = new URL(url);
  endpoint.username = '';
  endpoint.password = '';
  return { endpoint, sample: undefined, authorization: basicOf(url) };
}

function basicOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}
