/** Addresses from variables, which `validate` cannot see: `up` reads them as services do, before it connects. */
import { expect, it } from 'vitest';
import { requireExternal } from './external.ts';
import { stackOf } from './testing/stack.ts';

const redis = stackOf(`components: { redis: { external: "\${CACHE}" } }
services: { room-service: { port: 4001, uses: [redis] } }`);

const smtp = stackOf(`components: { smtp: { external: "\${MAIL}", from: no-reply@example.com } }
services: { room-service: { port: 4001, uses: [smtp] } }`);

const mongodb = stackOf(`components: { mongodb: { addresses: { room-service: "\${ROOMS}" } } }
services: { room-service: { port: 4001, database: mongodb, entities: { room: { title: text } } } }`);

it.each([
  [
    redis,
    { CACHE: 'redis://cache/rooms' },
    /^redis has an external address of another form: redis:\/\/cache\/rooms is not an/,
  ],
  [
    redis,
    { CACHE: 'redis://:50%secret@cache' },
    /^redis has an external address that has a % that begins no code such as %40: write %25 for the sign itself; it begins with redis:\/\//,
  ],
  [
    redis,
    { CACHE: '//cache.example.com' },
    /^redis has an external address that is not a URL: write scheme:/,
  ],
  [
    smtp,
    { MAIL: 'smtp://shop@mail?starttls=off' },
    /^smtp has .*without TLS the password for mail would cross the network/,
  ],
  [
    mongodb,
    { ROOMS: 'mongodb://ann:secret@a:1,b:2' },
    /^the database of room-service has .*mongodb:\/\/a:1,b:2 names no database/,
  ],
])(
  '%#. refuses what no service could use, names the variable, and tells no password',
  async (stack, values, message) => {
    const signal = new AbortController().signal;
    const failure = await requireExternal(
      stack,
      values as Record<string, string>,
      () => undefined,
      signal,
    ).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      message: expect.stringMatching(message),
      next: expect.arrayContaining([expect.stringContaining(Object.keys(values)[0] ?? '')]),
    });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('secret@');
  },
);
