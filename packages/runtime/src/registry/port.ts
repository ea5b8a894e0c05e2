import type { Port } from '../port.ts';

/** A running copy of a service that takes requests. */
export interface Instance {
  /** `auth-service#1` */
  readonly instance: string;
  readonly host: string;
  readonly port: number;
}

/**
 * What a registry must do. It knows ready instances only, never draining ones, and is slow to forget: while its source
 * is away, the last answer stays.
 */
export interface Registry extends Port {
  /** Empty for a service that has no ready instance, and for one that nobody knows. Cheap enough for every request. */
  instances(service: string): Promise<readonly Instance[]>;
  /** Calls back after changes; may do so without one. @returns what ends it. */
  watch(listener: () => void): () => void;
}
