import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { portOptions } from '../testing/port-options.ts';
import { RedisConnection } from './connection.ts';

/** Takes connections, and never says a word. */
const mute = createServer((socket) => sockets.push(socket));
const sockets: Socket[] = [];
let url: URL;
beforeEach(async () => {
  await once(mute.listen(0, '127.0.0.1'), 'listening');
  url = new URL(`redis://127.0.0.1:${(mute.address() as AddressInfo).port}`);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await new Promise((resolve) => mute.close(resolve));
});

const open = (address: URL) => new RedisConnection(address, { ...portOptions(), use: 'test' });

it('says at once that a server is not there, each time, and why', async () => {
  const connection = open(new URL('redis://127.0.0.1:1'));
  for (let count = 0; count < 3; count += 1)
    await expect(connection.send('GET', 'x')).rejects.toMatchObject({
      status: 503,
      code: 'redis-unavailable',
      message: 'Redis cannot be reached at the moment.',
      cause: { code: 'ECONNREFUSED' },
    });
  await connection.close();
});

it('does not wait for ever for a server that never answers', async () => {
  const connection = open(url);
  await expect(connection.send('GET', 'x')).rejects.toMatchObject({ status: 503 });
  await connection.close();
});

it('can be closed while it connects, twice, and before it was ever used', async () => {
  const connection = open(url);
  const waiting = connection.send('GET', 'x');
  await Promise.all([
    expect(waiting).rejects.toMatchObject({ status: 503 }),
    once(mute, 'connection').then(() => Promise.all([connection.close(), connection.close()])),
  ]);
  await expect(connection.check()).rejects.toMatchObject({ status: 503 });
  const unused = open(url);
  await unused.close();
  await expect(unused.check()).rejects.toMatchObject({ status: 503 });
  expect(sockets).toHaveLength(1);
});
