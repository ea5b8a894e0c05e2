import { describe, expect, it } from 'vitest';
import { InstancePool, type Balance, type PickOptions } from './pool.ts';
import { fakeRegistry } from './testing.ts';

const instances = [1, 2, 3].map((number) => ({
  instance: `s#${number}`,
  host: '127.0.0.1',
  port: 4000 + number,
}));
const setUp = (balance: Balance = 'least_conn') => {
  const registry = fakeRegistry(instances);
  const clock = { time: 0, now: () => clock.time };
  const pool = new InstancePool(registry, { clock, balance });
  const pick = async (options?: PickOptions) => {
    const picked = await pool.pick('s', options);
    return { ...picked, name: picked.instance.instance };
  };
  return { registry, clock, pool, pick };
};

describe('round_robin', () => {
  it('takes turns', async () => {
    const { pick } = setUp('round_robin');
    const names = [];
    for (let count = 0; count < 6; count += 1) names.push((await pick()).name);
    expect(names).toEqual(['s#1', 's#2', 's#3', 's#1', 's#2', 's#3']);
  });
});

describe('least_conn', () => {
  it('takes the instance with the fewest requests under way', async () => {
    const { pick } = setUp();
    const [first, second, third] = [await pick(), await pick(), await pick()];
    expect([first.name, second.name, third.name]).toEqual(['s#1', 's#2', 's#3']);
    second.done('ok');
    expect((await pick()).name).toBe('s#2');
  });

  it('spreads over idle instances', async () => {
    const { pick } = setUp();
    const names = new Set<string>();
    for (let count = 0; count < 3; count += 1) {
      const picked = await pick();
      picked.done('ok');
      names.add(picked.name);
    }
    expect(names.size).toBe(3);
  });
});

describe('ip_hash', () => {
  it('keeps a key on its instance, and moves only the keys of one that leaves', async () => {
    const { pick, registry } = setUp('ip_hash');
    const keys = Array.from({ length: 300 }, (_, index) => `10.0.0.${index}`);
    const place = async () => Promise.all(keys.map(async (hashKey) => (await pick({ hashKey })).name));
    const before = await place();
    expect(await place()).toEqual(before);
    for (const name of ['s#1', 's#2', 's#3'])
      expect(before.filter((other) => other === name).length).toBeGreaterThan(60);
    registry.current = instances.slice(0, 2);
    const after = await place();
    expect(after.every((name, index) => before[index] === 's#3' || name === before[index])).toBe(true);
  });
});

describe('every balance', () => {
  it('skips an instance that refused a connection, longer each time, and then tries it again', async () => {
    const { pick, clock, registry } = setUp('round_robin');
    registry.current = instances.slice(0, 2);
    const names = async () => [(await pick()).name, (await pick()).name].sort();
    (await pick()).done('unreachable');
    expect(await names()).toEqual(['s#2', 's#2']);
    clock.time = 501;
    expect(await names()).toEqual(['s#1', 's#2']);
  });

  it('excludes what was tried, unless there is nothing else', async () => {
    const { pick } = setUp();
    expect((await pick({ exclude: new Set(['s#1', 's#2']) })).name).toBe('s#3');
    expect((await pick({ exclude: new Set(['s#1', 's#2', 's#3']) })).name).toBeDefined();
  });

  it('reports a service without instances as 503', async () => {
    const { pick, registry } = setUp();
    registry.current = [];
    await expect(pick()).rejects.toMatchObject({ status: 503, code: 'no-instance' });
  });

  it('writes an IPv6 address as an origin', async () => {
    const { pick, registry } = setUp();
    registry.current = [{ instance: 's#1', host: '::1', port: 80 }];
    expect((await pick()).origin).toBe('http://[::1]:80');
  });
});

describe('an outlier', () => {
  const fail = async (pick: ReturnType<typeof setUp>['pick'], names: readonly string[], times: number) => {
    const counts = new Map(names.map((name) => [name, 0]));
    for (let tries = 0; tries < 200 && [...counts.values()].some((count) => count < times); tries += 1) {
      const { name, done } = await pick();
      const count = counts.get(name);
      if (count === undefined) done('ok');
      else if (count < times) {
        counts.set(name, count + 1);
        done('failed');
      } else done('unknown');
    }
  };
  const chosen = async (pick: ReturnType<typeof setUp>['pick']) => {
    const names = new Set<string>();
    for (let count = 0; count < 9; count += 1) {
      const { name, done } = await pick();
      names.add(name);
      done('unknown');
    }
    return [...names].sort();
  };

  it('fails five times in a row, and is left out for five seconds, then for ten', async () => {
    const { pick, clock } = setUp('round_robin');
    await fail(pick, ['s#2'], 4);
    expect(await chosen(pick)).toEqual(['s#1', 's#2', 's#3']);
    await fail(pick, ['s#2'], 1);
    expect(await chosen(pick)).toEqual(['s#1', 's#3']);
    clock.time = 5_001;
    expect(await chosen(pick)).toEqual(['s#1', 's#2', 's#3']);
    await fail(pick, ['s#2'], 5);
    clock.time += 9_999;
    expect(await chosen(pick)).toEqual(['s#1', 's#3']);
    clock.time += 2;
    expect(await chosen(pick)).toEqual(['s#1', 's#2', 's#3']);
  });

  it('is none when an answer comes in between', async () => {
    const { pick } = setUp('round_robin');
    await fail(pick, ['s#2'], 4);
    for (let count = 0; count < 3; count += 1) (await pick()).done('ok');
    await fail(pick, ['s#2'], 4);
    expect(await chosen(pick)).toEqual(['s#1', 's#2', 's#3']);
  });

  it('is none where most fail: at most half of the instances are left out', async () => {
    const { pick } = setUp('round_robin');
    await fail(pick, ['s#1', 's#2', 's#3'], 5);
    expect(await chosen(pick)).toHaveLength(2);
  });
});
