import { afterAll, beforeAll } from 'vitest';
import { testDatabase, type TestDatabase } from '../testing/database.ts';
import { testSearch } from './conformance.ts';

let server: TestDatabase;
beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.drop());

testSearch('PostgreSQL', () => server.url);
