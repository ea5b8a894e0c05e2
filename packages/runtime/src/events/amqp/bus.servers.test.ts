import { afterAll, beforeAll } from 'vitest';
import { startRabbitMq } from '../../../../../tests/servers/rabbitmq.ts';
import { reportProven } from '../../../../../tests/servers/report.ts';
import type { TestServer } from '../../../../../tests/servers/server.ts';
import { portOptions } from '../../testing/port-options.ts';
import { testBusAdapter } from '../conformance.ts';
import { openBus } from '../index.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startRabbitMq();
});
afterAll(async () => {
  reportProven({ port: 'events', adapter: 'amqp', server: server.name });
  await server[Symbol.asyncDispose]();
});

testBusAdapter('RabbitMQ', (instance) => openBus(server.url, { ...portOptions(instance), leaseMs: 1_000 }));
