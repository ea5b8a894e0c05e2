/**
 * What every port (database, documents, events, cache …) has in common: opened from a URL whose scheme chooses the
 * adapter, checked by readiness, closed when the service stops.
 */
import type { Registry as Metrics } from 'prom-client';
import type { Adapters } from './adapters.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';
import type { Tracer } from './telemetry/tracer.ts';

/** What every port is opened with. */
export interface PortOptions {
  /** Of the service: `booking-service`. */
  readonly service: string;
  /** `booking-service#2`. */
  readonly instance: string;
  readonly log: Logger;
  /** Where the port registers its metrics. One registry per service, so that two services fit into one process. */
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Adapters of the service's own, beside the built-in ones. */
  readonly adapters?: Adapters | undefined;
  /** For work that begins a trace, or goes on with one from elsewhere; undefined: nothing is recorded. */
  readonly tracer?: Tracer | undefined;
}

/** What can be opened, checked and closed. */
export interface Port {
  /** Cheap; throws when the port cannot be used now. Asked by readiness. Absent: always ready. */
  check?(): Promise<void>;
  /** Ends what is under way, releases every connection and timer; safe to call twice. */
  close(): Promise<void>;
}

/** One adapter of a port. The module behind it is loaded only when its scheme is used. */
export interface Opener<P extends Port, O extends PortOptions = PortOptions> {
  /** `['postgres:', 'postgresql:']` */
  readonly schemes: readonly string[];
  open(url: URL, options: O): Promise<P>;
}

/** The service's own come first, so that they win. */
export function openersFor<O>(own: readonly O[] | undefined, builtIn: readonly O[]): readonly O[] {
  return own === undefined ? builtIn : [...own, ...builtIn];
}

/** Opens with the adapter for the URL's scheme; for an unknown one the error lists those that exist. */
export async function openPort<P extends Port, O extends PortOptions>(
  name: string,
  openers: readonly Opener<P, O>[],
  url: URL,
  options: O,
): Promise<P> {
  const opener = openers.find(({ schemes }) => schemes.includes(url.protocol));
  if (opener === undefined) {
    const known = openers.flatMap(({ schemes }) => schemes).map((scheme) => `${scheme}//`);
    throw new Error(
      `there is no ${name} adapter for ${url.protocol}// addresses: use one of ${known.join(', ')}`,
    );
  }
  return opener.open(url, options);
}
