import { describe, expect, it } from 'vitest';
import { type Context, currentContext, runInContext } from './context.ts';
import { GroupCommit } from './database/group-commit.ts';
import { RedisConnection } from './redis/index.ts';
import { openRegistry } from './registry/index.ts';
import { portOptions } from './testing/port-options.ts';

const request: Context = {
  requestId: 'the first request',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: '01',
  deadline: undefined,
  signal: undefined,
  authorization: 'Bearer of the first request',
};

describe('what outlives the request that begins it is nobody’s', () => {
  /** Port options whose log keeps the context of each warning. */
  const listening = () => {
    const warned: (Context | undefined)[] = [];
    const options = portOptions();
    options.log.warn = () => void warned.push(currentContext());
    return { options, warned };
  };

  it('a connection to Redis', async () => {
    const { options, warned } = listening();
    const connection = new RedisConnection(new URL('redis://127.0.0.1:1'), { ...options, use: 'test' });
    await runInContext(request, () => connection.send('PING')).catch(() => undefined);
    await connection.close();
    expect(warned).toEqual([undefined]);
  });

  it('a list of instances that Consul keeps up to date', async () => {
    const { options, warned } = listening();
    const registry = await openRegistry(new URL('consul://127.0.0.1:1'), options);
    await runInContext(request, () => registry.instances('auth-service'));
    await registry.close();
    expect(warned).toEqual([undefined]);
  });

  it('a commit that several share', async () => {
    const seen: (Context | undefined)[] = [];
    const write = async (items: readonly string[]) => {
      seen.push(currentContext());
      return items;
    };
    const group = new GroupCommit(write, { weigh: () => 1, most: 1 });
    await runInContext(request, () => Promise.all([group.add('a'), group.add('b')]));
    expect(seen).toEqual([undefined, undefined]);
  });
});
