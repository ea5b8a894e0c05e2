import { expect, it } from 'vitest';
import { adapters, openers } from './adapters.ts';
import { countsTable, NOT_TO_BE_HAD, table } from './table.ts';

const known = [
  { port: 'cache', schemes: ['memory:'] },
  { port: 'cache', schemes: ['redis:', 'rediss:'] },
  { port: 'events', schemes: ['amqp:', 'amqps:'] },
];

it('shows what was proven on what, and names what was not', () => {
  const proven = [
    { port: 'events', scheme: 'amqps:', server: 'RabbitMQ 3.10.8' },
    { port: 'events', scheme: 'amqp:', server: 'RabbitMQ 3.10.8' },
    { port: 'events', scheme: 'amqp:', server: 'RabbitMQ 3.10.8' },
  ];
  expect(table(known, proven)).toBe(`port   | adapter | server
events | amqp    | RabbitMQ 3.10.8
events | amqps   | RabbitMQ 3.10.8

On the embedded stack, by npm test: cache memory

NOT PROVEN in this run: cache redis

Not to be had from package registries:
${NOT_TO_BE_HAD.map((note) => `- ${note}\n`).join('')}`);
});

it('finds the adapters in the opener lists', () => {
  const source = `const openers: readonly Opener<Bus>[] = [
    { schemes: ['amqp:', 'amqps:'], open: async (url) => (await import('./amqp.ts')).open(url) },
    { schemes: ['memory:'], open },
  ];`;
  expect(openers(source)).toEqual([['amqp:', 'amqps:'], ['memory:']]);
  expect(adapters()).toContainEqual({ port: 'registry', schemes: ['file:'] });
});

it('lists what became of what was sent while servers went away', () => {
  const counts = { sent: 120, acknowledged: 100, refused: 20, delivered: 101, repeated: 3, lost: 0 };
  expect(countsTable([{ what: 'events: RabbitMQ 4.3.6, killed', counts }])).toBe(
    `interrupted                    | sent | acknowledged | refused | delivered | repeated | lost
events: RabbitMQ 4.3.6, killed | 120  | 100          | 20      | 101       | 3        | 0
`,
  );
  expect(countsTable([])).toBe('');
});
