import { expect, it } from 'vitest';
import { adapters, openers } from './adapters.ts';
import { table } from './table.ts';

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
`);
});

it('finds the adapters in the opener lists', () => {
  const source = `const openers: readonly Opener<Bus>[] = [
    { schemes: ['amqp:', 'amqps:'], open: async (url) => (await import('./amqp.ts')).open(url) },
    { schemes: ['memory:'], open },
  ];`;
  expect(openers(source)).toEqual([['amqp:', 'amqps:'], ['memory:']]);
  expect(adapters()).toContainEqual({ port: 'registry', schemes: ['file:'] });
});
