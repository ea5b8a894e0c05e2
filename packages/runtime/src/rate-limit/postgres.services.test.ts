import { afterAll, beforeAll } from 'vitest';
import { testDatabase, type TestDatabase } from '../testing/database.ts';
import { testRateLimiter } from './conformance.ts';

let server: TestDatabase;
beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.drop());

testRateLimiter('PostgreSQL', () => server.url, { shared: true });
