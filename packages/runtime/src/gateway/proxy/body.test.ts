import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { testBackend } from '../testing.ts';
import { readBody } from './body.ts';

it('a body whose client left before anybody read it has ended early', async () => {
  const outcomes: string[] = [];
  const backend = await testBackend((request) => {
    // As it does while the gateway waits for the keys of a token, or for a rate limit.
    request.once('close', () => {
      Promise.resolve(readBody(request, 1_000)).then(
        () => outcomes.push('read'),
        ({ code }) => outcomes.push(code),
      );
    });
    client.destroy();
  });
  const client = connect(backend.port, '127.0.0.1');
  client.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{');
  await once(client, 'close');
  await expect.poll(() => outcomes).toEqual(['incomplete-body']);
  await backend.close();
});
