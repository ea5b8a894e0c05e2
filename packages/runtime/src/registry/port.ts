import type { Port } from '../port.ts';

/** A running copy of a service that takes requests. */
export interface Instance {
  /** `auth-service#1` */
  readonly instance: string;
  readonly host: string;
  readonly port: number;
}

/** What a process says about itself. */
export interface Announcement {
  /** `auth-service` */
  readonly service: string;
  /** `auth-service#1`; need not be unique. */
  readonly instance: string;
  /** By which others reach it; undefined: the address by which it reaches the registry itself. */
  readonly host: string | undefined;
  readonly port: number;
  /** Asked again and again: while it says no, this instance gets no requests. */
  ready(): Promise<boolean>;
}

/**
 * What a registry must do. It knows ready instances only, never draining ones, and is slow to forget: while its source
 * is away, the last answer stays.
 */
export interface Registry extends Port {
  /** Empty for a service that has no ready instance, and for one that is unknown. Cheap enough for every request. */
  instances(service: string): Promise<readonly Instance[]>;
  /** Calls back after changes; may do so without one. @returns what ends it. */
  watch(listener: () => void): () => void;
  /**
   * Lets others find this process. Returns at once and never throws: while the source is away, it goes on trying. Does nothing
   * where the list is kept elsewhere: a supervisor, a name server.
   * @returns what takes the entry back, in bounded time.
   */
  register(self: Announcement): () => Promise<void>;
}

/** For registries whose list somebody else keeps. */
export const registeredElsewhere = (): (() => Promise<void>) => () => Promise.resolve();
