import { afterAll, beforeAll } from 'vitest';
import { portOptions } from '../../testing/port-options.ts';
import { testDatabase, type TestDatabase } from '../../testing/database.ts';
import { testBusAdapter } from '../conformance.ts';
import { openBus } from '../index.ts';

let server: TestDatabase;
beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.drop());

testBusAdapter('PostgreSQL', (instance) => openBus(server.url, { ...portOptions(instance), leaseMs: 1_000 }));
