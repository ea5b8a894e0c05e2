import { afterAll, beforeAll } from 'vitest';
import { testDatabase, type TestDatabase } from '../testing/database.ts';
import { testDocuments } from './conformance.ts';

let server: TestDatabase;
beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.drop());

testDocuments('PostgreSQL', () => server.url);
