import { describe, expect, test } from 'vitest';
import type { Instance } from '../driver.ts';
import type { EmbeddedDesired, EmbeddedObserved } from './desired.ts';
import { describeOperation, plan } from './plan.ts';
import { EXTERNAL } from './substitutes.ts';
import { stackOf } from './testing/stack.ts';

const stack = stackOf(`components: { postgres: {} }
gateways:
  front: { blueprint: api-gateway, port: 3001, public: true }
services:
  rooms: { port: 4001, database: postgres, replicas: 2, entities: { room: { title: string(80) } } }
  guests: { port: 4002, calls: [rooms] }
`);
const renamed = stackOf(`components: { postgres: {} }
gateways:
  front: { blueprint: api-gateway, port: 3001, public: true }
services:
  rooms:
    { port: 4001, database: postgres, replicas: 2, renamedFrom: flats, entities: { room: { title: string(80) } } }
  guests: { port: 4002, calls: [rooms] }
`);
const names = stack.services.map(({ name }) => name);

const desired: EmbeddedDesired = {
  stack,
  output: '/project/generated',
  build: '/project/.hometrip/build/1',
  external: {},
  only: undefined,
  replicas: { front: 1, rooms: 2, guests: 1 },
  fingerprints: Object.fromEntries(names.map((name) => [name, 'code1.conf1'])),
  migrations: { rooms: 'm1' },
  secrets: { 'rooms-database-password': 's1' },
};

const instance = (service: string, replica: number, more: Partial<Instance> = {}): Instance => ({
  service,
  replica,
  state: 'ready',
  pid: 1,
  port: 1,
  fingerprint: 'code1.conf1',
  restarts: 0,
  since: '2026-11-22T20:00:00.000Z',
  reason: undefined,
  ...more,
});

const running: EmbeddedObserved = {
  running: true,
  supervisor: 'running',
  components: ['postgres', 'edge'].map((name) => ({ name, state: 'ready', provider: name, pid: 1, port: 1 })),
  instances: [instance('front', 1), instance('rooms', 1), instance('rooms', 2), instance('guests', 1)],
  known: names,
  databases: ['rooms'],
  migrations: { rooms: 'm1' },
  secrets: { 'rooms-database-password': 's1' },
  urls: {},
};
const nothing: EmbeddedObserved = {
  ...running,
  running: false,
  supervisor: 'none',
  components: [],
  instances: [],
  known: [],
  databases: [],
  migrations: {},
  secrets: {},
};
const replaced = (change: Instance): readonly Instance[] =>
  running.instances.map((one) =>
    one.service === change.service && one.replica === change.replica ? change : one,
  );

const cases: {
  when: string;
  desired?: Partial<EmbeddedDesired>;
  observed: Partial<EmbeddedObserved>;
  lines: string[];
}[] = [
  { when: 'everything is as it should be', observed: {}, lines: [] },
  {
    when: 'the file with the password of a role was lost, and made anew',
    observed: { secrets: { 'rooms-database-password': 's0' } },
    lines: ['create database rooms because its password is another one'],
  },
  {
    when: 'the stack never ran',
    observed: nothing,
    lines: [
      'start postgres because it is new',
      'create database rooms because it is new',
      'migrate rooms because it is new',
      'start rooms#1 because it is new',
      'start rooms#2 because it is new',
      'start guests#1 because it is new',
      'start front#1 because it is new',
      'start edge because it is not running',
    ],
  },
  {
    when: 'it was down',
    observed: { ...running, components: [], instances: [] },
    lines: [
      'start postgres because it is not running',
      'start rooms#1 because it is not running',
      'start rooms#2 because it is not running',
      'start guests#1 because it is not running',
      'start front#1 because it is not running',
      'start edge because it is not running',
    ],
  },
  {
    when: 'only guests is asked for: with what it calls',
    desired: { only: ['guests'] },
    observed: { ...running, instances: [] },
    lines: [
      'start rooms#1 because it is not running',
      'start rooms#2 because it is not running',
      'start guests#1 because it is not running',
    ],
  },
  {
    when: 'a service is new',
    observed: {
      instances: running.instances.filter(({ service }) => service !== 'guests'),
      known: ['front', 'rooms'],
    },
    lines: ['start guests#1 because it is new'],
  },
  {
    when: 'code changed',
    observed: { instances: replaced(instance('guests', 1, { fingerprint: 'code0.conf1' })) },
    lines: ['replace guests#1 because its code changed'],
  },
  {
    when: 'configuration changed',
    observed: { instances: replaced(instance('guests', 1, { fingerprint: 'code1.conf0' })) },
    lines: ['replace guests#1 because its configuration changed'],
  },
  {
    when: 'code and configuration changed',
    observed: { instances: replaced(instance('rooms', 2, { fingerprint: 'code0.conf0' })) },
    lines: ['replace rooms#2 because its code and configuration changed'],
  },
  {
    when: 'more replicas are wanted',
    desired: { replicas: { ...desired.replicas, rooms: 4 } },
    observed: {},
    lines: ['start rooms#3 because replicas 2 → 4', 'start rooms#4 because replicas 2 → 4'],
  },
  {
    when: 'fewer replicas are wanted',
    desired: { replicas: { ...desired.replicas, rooms: 1 } },
    observed: {},
    lines: ['stop rooms#2 because replicas 2 → 1'],
  },
  {
    when: 'an instance failed',
    observed: { instances: replaced(instance('rooms', 1, { state: 'failed', restarts: 5 })) },
    lines: ['start rooms#1 because it failed'],
  },
  {
    when: 'an instance is about to fail again',
    observed: {
      instances: replaced(
        instance('rooms', 1, { state: 'starting', restarts: 1, fingerprint: 'code0.conf1' }),
      ),
    },
    lines: ['start rooms#1 because it failed'],
  },
  {
    when: 'an instance is still starting',
    observed: { instances: replaced(instance('rooms', 1, { state: 'starting' })) },
    lines: ['start rooms#1 because it is not ready'],
  },
  {
    when: 'a migration was added',
    desired: { migrations: { rooms: 'm2' } },
    observed: {},
    lines: ['migrate rooms because its migrations changed'],
  },
  {
    when: 'the database server died',
    observed: { components: [] },
    lines: ['start postgres because it is not running', 'start edge because it is not running'],
  },
  {
    when: 'a component called postgres runs elsewhere, and the server stands in for another',
    desired: {
      stack: stackOf(`components: { postgres: { external: 'postgres://db.example.com' }, mongodb: {} }
services:
  notes: { port: 4001, database: mongodb, entities: { note: { title: string(80) } } }
`),
      migrations: { notes: 'm1' },
    },
    observed: {
      ...nothing,
      components: [{ name: 'postgres', state: 'ready', provider: EXTERNAL, pid: undefined, port: undefined }],
    },
    lines: [
      'start postgres because it is new',
      'create database notes because it is new',
      'migrate notes because it is new',
      'start notes#1 because it is new',
      'start edge because it is not running',
    ],
  },
  {
    when: 'a service was removed',
    observed: { instances: [...running.instances, instance('wishes', 1)] },
    lines: ['stop wishes#1 because it is not in the stack any more'],
  },
  {
    when: 'a service has another name',
    observed: {
      instances: [...running.instances.filter(({ service }) => service !== 'rooms'), instance('flats', 1)],
      known: ['front', 'flats', 'guests'],
      databases: ['flats'],
      migrations: { flats: 'm1' },
    },
    desired: { stack: renamed },
    lines: [
      'stop flats#1 because flats is rooms now',
      'rename database flats to rooms because flats is rooms now',
      'migrate rooms because it is new',
      'start rooms#1 because it is new',
      'start rooms#2 because it is new',
    ],
  },
  {
    when: 'a service has had another name, and its database was handed over',
    observed: {},
    desired: { stack: renamed },
    lines: [],
  },
  {
    when: 'a service was removed, and another one is asked for',
    desired: { only: ['rooms'] },
    observed: { instances: [...running.instances, instance('wishes', 1)] },
    lines: [],
  },
];

describe('the plan, when', () => {
  test.each(cases)('$when', ({ desired: change, observed, lines }) => {
    expect(plan({ ...desired, ...change }, { ...running, ...observed }).map(describeOperation)).toEqual(
      lines,
    );
  });
});
