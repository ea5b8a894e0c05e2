import { afterAll, beforeAll } from 'vitest';
import { testDatabase, type TestDatabase } from '../testing/database.ts';
import { testDocuments } from './conformance.ts';
import { testDocumentMessages } from './messages-conformance.ts';

let server: TestDatabase;
const fresh: TestDatabase[] = [];
beforeAll(async () => {
  server = await testDatabase();
});
afterAll(async () => {
  await Promise.all([server, ...fresh].map((database) => database.drop()));
});

testDocuments('PostgreSQL', () => server.url);
testDocumentMessages('PostgreSQL', async () => {
  const database = await testDatabase();
  fresh.push(database);
  return database.url;
});
