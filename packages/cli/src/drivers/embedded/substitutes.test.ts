import { expect, test } from 'vitest';
import { stateDir } from '../../platform/state-dir.ts';
import { instanceEnvironment } from './environment.ts';
import { embeddedDatabases, providerOf } from './substitutes.ts';
import { stackOf } from './testing/stack.ts';

const stack = stackOf(`components:
  postgres: {}
  mongodb: {}
  redis: {}
  elasticsearch: {}
  rabbitmq: {}
  consul: {}
  nginx: {}
  prometheus: {}
  jaeger: {}
  smtp: { from: HomeTrip <no-reply@example.com> }
events:
  room.created: { roomId: uuid }
services:
  rooms: { port: 4001, database: postgres, uses: [redis, smtp], publishes: [room.created], entities: { room: { title: string(80) } } }
  reviews: { port: 4002, database: mongodb, subscribes: [room.created], entities: { review: { body: text } } }
  search: { port: 4003, database: elasticsearch, entities: { place: { title: string(80) } } }
`);
const dir = stateDir('/project');

function environmentOf(
  name: string,
  { of = stack, external = {} }: { of?: typeof stack; external?: Record<string, string> } = {},
): Record<string, string> {
  const service = of.services.find((candidate) => candidate.name === name);
  if (service === undefined) throw new Error(name);
  const context = { stack: of, dir, output: '/project/generated', external, postgresPort: 5433 };
  return instanceEnvironment(
    context,
    { service, replica: 2, instanceFile: '/run/i.json' },
    { PATH: '/bin', SECRET: 'of the user' },
  );
}

test('one server stands in for every store: a database for each service, and two that all share', () => {
  expect(embeddedDatabases(stack).map(({ name, extensions }) => [name, ...extensions].join(' '))).toEqual([
    'hometrip_cache',
    'hometrip_events',
    'reviews',
    'rooms',
    'search cube earthdistance pg_trgm unaccent',
  ]);
});

test('components are named by what stands in for them, also when nothing does', () => {
  expect(
    Object.fromEntries(stack.components.map((component) => [component.name, providerOf(component)])),
  ).toEqual({
    consul: 'registry of the supervisor (file)',
    elasticsearch: 'embedded PostgreSQL (JSONB documents; full text, trigrams, earthdistance)',
    jaeger: 'not run by the embedded driver (logs carry trace ids)',
    mongodb: 'embedded PostgreSQL (JSONB documents)',
    nginx: "hometrip edge (connection balancer on the services' ports)",
    postgres: 'embedded PostgreSQL',
    prometheus: 'not run by the embedded driver (every instance serves /metrics)',
    rabbitmq: 'embedded PostgreSQL (queues, LISTEN/NOTIFY)',
    redis: 'embedded PostgreSQL (unlogged tables; LISTEN/NOTIFY)',
    smtp: 'local mailbox (.hometrip/mail)',
  });
});

test('an instance gets addresses without passwords, files with them, and nothing of the user', () => {
  expect(environmentOf('rooms')).toMatchObject({
    DATABASE_URL: 'postgres://rooms@127.0.0.1:5433/rooms',
    DATABASE_PASSWORD_FILE: '/project/.hometrip/secrets/rooms-database-password',
    CACHE_URL: 'postgres://hometrip_cache@127.0.0.1:5433/hometrip_cache',
    CACHE_PASSWORD_FILE: '/project/.hometrip/secrets/hometrip-cache-password',
    EVENTS_URL: 'postgres://hometrip_events@127.0.0.1:5433/hometrip_events',
    REGISTRY_URL: 'file:///project/.hometrip/run/registry.json',
    INSTANCE_ID: 'rooms#2',
    HOST: '127.0.0.1',
    PORT: '0',
    PATH: '/bin',
  });
  expect(environmentOf('rooms')).not.toHaveProperty('SECRET');
  expect(environmentOf('rooms')).not.toHaveProperty('TRACES_URL');
  expect(environmentOf('reviews')).toMatchObject({
    DOCUMENTS_URL: 'postgres://reviews@127.0.0.1:5433/reviews',
  });
  expect(environmentOf('search')).toMatchObject({ SEARCH_URL: 'postgres://search@127.0.0.1:5433/search' });
});

test('a service that uses smtp writes into the mailbox of the stack, and no other service does', () => {
  expect(environmentOf('rooms')).toMatchObject({
    MAILER_URL: 'file:///project/.hometrip/mail',
    MAILER_FROM: 'HomeTrip <no-reply@example.com>',
  });
  expect(environmentOf('rooms')).not.toHaveProperty('MAILER_PASSWORD_FILE');
  expect(Object.keys(environmentOf('reviews')).filter((name) => name.startsWith('MAILER'))).toEqual([]);
});

test('a mail server outside of the stack is used here too, with the password that was given for it', () => {
  const external = stackOf(`components:
  postgres: {}
  smtp: { external: "\${MAIL_SERVER}" }
services:
  rooms: { port: 4001, database: postgres, uses: [smtp], entities: { room: { title: string(80) } } }
`);
  const service = external.services[0];
  if (service === undefined) throw new Error('no service');
  const context = {
    stack: external,
    dir,
    output: '/project/generated',
    external: { MAIL_SERVER: 'smtps://user@mail.example.com' },
    postgresPort: 5433,
  };
  expect(
    instanceEnvironment(context, { service, replica: 1, instanceFile: '/run/i.json' }, {}),
  ).toMatchObject({
    MAILER_URL: 'smtps://user@mail.example.com',
    MAILER_PASSWORD_FILE: '/project/.hometrip/secrets/smtp-password',
  });
});

test('a Jaeger that runs elsewhere gets traces', () => {
  const of = stackOf(`components:
  postgres: {}
  jaeger: { external: '\${TRACES_URL}' }
services:
  rooms: { port: 4001, database: postgres, entities: { room: { title: string(80) } } }
`);
  const external = { TRACES_URL: 'http://traces.example:4318?sample=1' };
  expect(environmentOf('rooms', { of, external })).toMatchObject(external);
});
