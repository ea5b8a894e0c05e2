import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { type Cuttable, cuttable } from '../../../../../tests/servers/cuttable.ts';
import { type TestDatabase, testDatabase } from '../../testing/database.ts';
import { testRevocations } from './conformance.ts';

let database: TestDatabase;
let line: Cuttable;
beforeAll(async () => {
  database = await testDatabase();
  line = await cuttable(database.url);
});
afterAll(async () => {
  await line[Symbol.asyncDispose]();
  await database.drop();
});

const memory = new URL(`memory:${randomUUID()}`);
testRevocations('memory', { url: () => memory, events: () => database.url });
testRevocations('PostgreSQL', { url: () => database.url, events: () => database.url, line: () => line });
