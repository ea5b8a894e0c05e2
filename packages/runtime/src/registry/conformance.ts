/** What every registry adapter must pass. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Registry } from './port.ts';

/** Where an instance is. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** How the suite makes instances come and go. */
export interface RegistryHarness {
  /** Default: `auth-service`. */
  readonly service?: string;
  /** A new registry that reads a source in which exactly these are ready instances of the service. */
  open(ready: readonly Place[]): Promise<Registry>;
  /** Makes these the ready ones; absent where nothing ever changes by itself. */
  change?(ready: readonly Place[]): Promise<void>;
  /** Takes the source away, or makes it useless. */
  cut?(): Promise<void>;
  /** Brings it back, with what it held. */
  restore?(): Promise<void>;
}

const one: Place = { host: '127.0.0.1', port: 4001 };
const two: Place = { host: '127.0.0.1', port: 4011 };

/** Finding, following and forgetting instances. What the harness cannot do is not tested. */
export function testRegistry(name: string, harness: RegistryHarness): void {
  const { change, cut, restore, service: known = 'auth-service' } = harness;
  describe(`${name} as a registry`, () => {
    const opened: Registry[] = [];
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((registry) => registry.close()));
    });
    const open = async (...ready: readonly Place[]) => {
      const registry = await harness.open(ready);
      opened.push(registry);
      return registry;
    };
    const places = async (registry: Registry, service = known) =>
      (await registry.instances(service))
        .map(({ host, port }) => ({ host, port }))
        .sort((a, b) => a.port - b.port);

    it('tells where the ready instances are', async () => {
      const registry = await open(one);
      expect(await places(registry)).toEqual([one]);
      expect((await registry.instances(known))[0]?.instance).toMatch(new RegExp(`^${known}[#@]`));
    });

    it.each(['toString', '__proto__', 'a/b?c'])(
      'has no instance of %s, which nobody knows',
      async (service) => {
        expect(await places(await open(one), service)).toEqual([]);
      },
    );

    it('answers everybody who asks at once', async () => {
      const registry = await open(one);
      const answers = await Promise.all(Array.from({ length: 50 }, () => places(registry)));
      expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
        new Set([JSON.stringify([one])]),
      );
    });

    it('lets instances come and go, whoever keeps the list', async () => {
      const registry = await open(one);
      const leave = registry.register({
        service: 'shy-service',
        instance: 'shy-service#1',
        host: '127.0.0.1',
        port: 4002,
        ready: async () => false,
      });
      await Promise.all([leave(), leave()]);
      expect(await places(registry, 'shy-service')).toEqual([]);
    });

    it('closes twice, in the middle of whatever it does', async () => {
      const registry = await open(one);
      void registry.instances('other-service');
      await Promise.all([registry.close(), registry.close()]);
    });

    it.runIf(change)('follows every change, and tells those who watch', async () => {
      const registry = await open(one);
      let told = 0;
      let toldTheOther = 0;
      registry.watch(() => (told += 1));
      registry.watch(() => (toldTheOther += 1))();
      expect(await places(registry)).toEqual([one]);
      for (const ready of [[one, two], [two], [], [one]]) {
        await change?.(ready);
        await expect.poll(() => places(registry), { timeout: 10_000 }).toEqual(ready);
      }
      expect(told).toBeGreaterThanOrEqual(4);
      expect(toldTheOther).toBe(0);
    });

    it.runIf(cut)('keeps the last answer while its source is away, and follows it again', async () => {
      const registry = await open(one, two);
      await expect.poll(() => places(registry)).toEqual([one, two]);
      await cut?.();
      expect(await places(registry)).toEqual([one, two]);
      await restore?.();
      await change?.([one, two, { host: '127.0.0.1', port: 4021 }]);
      await expect.poll(() => places(registry), { timeout: 20_000 }).toHaveLength(3);
    });
  });
}
