/** All instances of a stack, by id; and those on their way out. */
import type { Instance as Snapshot } from '../../driver.ts';
import { Instance, type InstanceHost, type InstanceRecord, type InstanceSpec } from './instance.ts';
import type { ProcessHandle } from './process-handle.ts';
import type { RegistryDocument } from './registry.ts';

/** Clients watch the registry: this is their time to notice. */
const DRAIN_MS = 150;

export type SpecOf = (service: string, replica: number) => InstanceSpec;

export class Pool {
  readonly #instances = new Map<string, Instance>();
  readonly #retiring = new Set<Instance>();
  readonly #specOf: SpecOf;
  readonly #host: InstanceHost;

  constructor(specOf: SpecOf, host: InstanceHost) {
    this.#specOf = specOf;
    this.#host = host;
  }

  get(id: string): Instance | undefined {
    return this.#instances.get(id);
  }

  snapshot(): Snapshot[] {
    return [...this.#instances.values()].map((instance) => instance.snapshot());
  }

  /** Bundles that something still runs from. */
  mains(): string[] {
    return [...this.#instances.values(), ...this.#retiring].map(({ main }) => main);
  }

  registry(registered: (service: string) => boolean): RegistryDocument['services'] {
    const ready = [...this.#instances.values()]
      .filter(({ state, service }) => state === 'ready' && registered(service))
      .sort((a, b) => a.replica - b.replica);
    const byService = [...Map.groupBy(ready, ({ service }) => service)].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(
      byService.map(([service, instances]) => [
        service,
        instances.flatMap(({ id, port }) =>
          port === undefined ? [] : [{ instance: id, host: '127.0.0.1', port }],
        ),
      ]),
    );
  }

  adopt(handle: ProcessHandle, record: InstanceRecord, wasReady: boolean): void {
    const instance = this.#create(record.service, record.replica);
    this.#instances.set(instance.id, instance);
    instance.takeOver(handle, record, wasReady);
  }

  /** Resolves when it is ready. @throws StartFailure; it is tried further in the background. */
  async start(service: string, replica: number, signal: AbortSignal): Promise<void> {
    const instance = this.#create(service, replica);
    const previous = this.#instances.get(instance.id);
    if (previous?.state === 'ready') return;
    const isOnItsWay = previous?.state === 'starting' || previous?.state === 'unready';
    if (
      isOnItsWay &&
      previous.restarts === 0 &&
      previous.fingerprint === this.#specOf(service, replica).fingerprint
    ) {
      return await previous.whenReady(signal);
    }
    this.#instances.set(instance.id, instance);
    if (previous !== undefined) await previous.stop(0);
    instance.start();
    await instance.whenReady(signal);
    await this.#openDebugger(instance);
  }

  /**
   * The new one is ready before the old one goes; when it does not get ready, the old one stays.
   * @param serving Called when requests go to the new one.
   */
  async replace(
    service: string,
    replica: number,
    signal: AbortSignal,
    serving: () => void = () => undefined,
  ): Promise<void> {
    const next = this.#create(service, replica);
    this.#retiring.add(next); // counted, not registered
    try {
      next.start();
      await next.whenReady(signal);
    } catch (error) {
      await next.stop(0);
      this.#retiring.delete(next);
      throw error;
    }
    const previous = this.#instances.get(next.id);
    this.#retiring.delete(next);
    this.#instances.set(next.id, next);
    if (previous === undefined) this.#host.changed();
    else {
      const retired = this.#retire(previous);
      serving();
      await retired;
    }
    await this.#openDebugger(next);
  }

  async stop(id: string, drainMs = DRAIN_MS): Promise<void> {
    const instance = this.#instances.get(id);
    if (instance === undefined) return;
    this.#instances.delete(id);
    await this.#retire(instance, drainMs);
  }

  async stopRetiring(): Promise<void> {
    await Promise.all([...this.#retiring].map((instance) => instance.stop(0)));
  }

  async #retire(instance: Instance, drainMs = DRAIN_MS): Promise<void> {
    this.#retiring.add(instance);
    await instance.stop(drainMs);
    this.#retiring.delete(instance);
  }

  async #openDebugger(instance: Instance): Promise<void> {
    if (this.#specOf(instance.service, instance.replica).debugged) await instance.openDebugger();
  }

  #create(service: string, replica: number): Instance {
    return new Instance(service, replica, () => this.#specOf(service, replica), this.#host);
  }
}
