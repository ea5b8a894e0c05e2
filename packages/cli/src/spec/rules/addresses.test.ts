/** What `validate` takes, the services open; what it refuses, they would refuse too. */
import { openMailer, openRegistry, openSearch } from '@hometrip/runtime';
import { portOptions } from '@hometrip/runtime/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { redisAddress } from '../../../../runtime/src/redis/address.ts';
import { openDatabase } from '../../../../runtime/src/database/index.ts';
import { openBus } from '../../../../runtime/src/events/index.ts';
import { readUrl } from '../../../../runtime/src/settings.ts';
import { openTracer } from '../../../../runtime/src/telemetry/open.ts';
import { findingsOf } from '../testing/findings.ts';

interface Opened {
  close(): Promise<void>;
}
const nothing: Opened = { close: async () => undefined };

/** How a service opens its address, by component; the settings are those of compose. */
const opened: Readonly<Record<string, (text: string) => Promise<Opened | undefined>>> = {
  consul: async (text) => openRegistry(url({ REGISTRY_URL: text }, 'REGISTRY_URL'), portOptions()),
  elasticsearch: async (text) => openSearch(url({ SEARCH_URL: text }, 'SEARCH_URL'), portOptions()),
  smtp: async (text) =>
    openMailer(url({ MAILER_URL: text, ...(text.includes('@') && { MAILER_PASSWORD: 'p' }) }, 'MAILER_URL'), {
      ...portOptions(),
      from: 'shop@example.com',
    }),
  jaeger: async (text) => openTracer({ TRACES_URL: text }, { ...portOptions(), version: '1' }),
  rabbitmq: async (text) =>
    openBus(url({ EVENTS_URL: text, EVENTS_NAMESPACE: 'shop' }, 'EVENTS_URL'), portOptions()),
  postgres: async (text) => {
    // hometrip itself makes the databases: with the address as it is.
    const server = url({ DATABASE_URL: text }, 'DATABASE_URL');
    if (server.pathname.length <= 1) server.pathname = '/postgres';
    await (await openDatabase(server, portOptions())).close();
    return openDatabase(
      url({ DATABASE_URL: text, DATABASE_NAMESPACE: 'shop_note' }, 'DATABASE_URL'),
      portOptions(),
    );
  },
  // Connecting, it would wait.
  redis: async (text) => {
    redisAddress(url({ CACHE_URL: text, CACHE_NAMESPACE: 'shop' }, 'CACHE_URL'));
    return nothing;
  },
};

function url(env: Record<string, string>, name: `${string}_URL`): URL {
  const read = readUrl(env, name);
  if (read === undefined) throw new Error('not set');
  return read;
}

const schemes: Readonly<Record<string, readonly string[]>> = {
  consul: ['consul', 'consul+https'],
  elasticsearch: ['elasticsearch', 'https'],
  smtp: ['smtp', 'smtps'],
  jaeger: ['http', 'https'],
  rabbitmq: ['amqp', 'amqps'],
  postgres: ['postgres', 'postgresql'],
  redis: ['redis', 'rediss'],
};

/** What is right, and about as often what is not. */
const mostly = (right: readonly string[], wrong: readonly string[]) =>
  fc.oneof(
    { arbitrary: fc.constantFrom(...right), weight: 6 },
    { arbitrary: fc.constantFrom(...wrong), weight: 1 },
  );

const pieces = {
  user: mostly(['', '', ':token@', 'ann@', 'ann%40b@', 'ann:p%25@'], ['5%@', 'a:50%@']),
  // Nothing listens there.
  host: mostly(['127.0.0.1', 'localhost', '[::1]', 'db_1'], ['', 'a,b', 'h%6F']),
  port: mostly(['', ':1', ':65535'], [':0', ':99999', ':x']),
  path: mostly(['', '', '/', '/0', '/shop'], ['/a/b', '/100000', '/%2F', '/5%']),
  query: mostly(
    ['', '?'],
    [
      ...[
        '?prefix=a',
        '?prefix=',
        '?prefix=a&prefix=b',
        '?exchange=a',
        '?exchange=amq.x',
        '?exchange=',
        '?dc=a',
        '?user=a',
        '#a',
      ],
      ...[
        '?starttls=off',
        '?starttls=x',
        '?sample=0.5',
        '?sample=2',
        '?sample=x',
        '?sslmode=require',
        '?sslmode=requird',
      ],
    ],
  ),
};

it.each(Object.keys(schemes))('takes addresses of %s as its adapter does', async (kind) => {
  const counts = { taken: 0, refused: 0 };
  const address = fc
    .record({ scheme: mostly(schemes[kind] ?? [], ['ftp']), ...pieces })
    .map(({ scheme, user, host, port, path, query }) => `${scheme}://${user}${host}${port}${path}${query}`);
  await fc.assert(
    fc.asyncProperty(address, fc.boolean(), async (text, asDefault) => {
      const findings = findingsOf(`name: shop
version: 1
components: { ${kind}: { external: ${JSON.stringify(asDefault ? `\${SERVER:-${text}}` : text)} } }
services: { note-service: { port: 4001 } }
`);
      const taken = !/HT0(?:205|324|363)/.test(findings);
      const opening = await opened[kind]?.(text).then(
        async (port) => {
          await port?.close();
          return true;
        },
        () => false,
      );
      counts[taken ? 'taken' : 'refused'] += 1;
      expect({ text, taken, findings }).toEqual({ text, taken: opening, findings });
    }),
    { numRuns: 250 },
  );
  expect(counts.taken).toBeGreaterThan(5);
  expect(counts.refused).toBeGreaterThan(5);
});
