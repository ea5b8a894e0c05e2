import { afterAll, beforeAll } from 'vitest';
import { testDatabase, type TestDatabase } from '../testing/database.ts';
import { testKilledConsumers } from './testing/killed-consumers.ts';

let bus: TestDatabase;
beforeAll(async () => {
  bus = await testDatabase();
});
afterAll(() => bus.drop());

testKilledConsumers(() => ({ name: 'PostgreSQL', url: bus.url }));
