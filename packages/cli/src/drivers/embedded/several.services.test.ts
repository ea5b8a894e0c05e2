/** Two stores of one kind, both on the one embedded server. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePorts } from '../../../../../tests/servers/ports.ts';
import { openStack } from '../../usecases/stack-context.ts';
import { status } from '../../usecases/status.ts';
import { createFixtureProject } from './testing/project.ts';

const [sql, other, rooms, bills] = await freePorts(4);
const spec = (store: string): string => `components:
  postgres: { port: ${sql} }
  ledger: { kind: postgres, port: ${other} }
services:
  rooms: { port: ${rooms}, database: postgres, entities: { room: { title: string(80) } } }
  bills: { port: ${bills}, database: ${store}, entities: { bill: { title: string(80) } } }
`;
const project = createFixtureProject();
const { driver } = openStack(project);
const rows = async (service: string, method = 'GET'): Promise<unknown> => {
  const { urls } = await status(project);
  const url = urls.find((one) => one.service === service)?.url ?? '';
  return (await fetch(`${url}/rows`, { method })).json();
};

beforeAll(async () => {
  project.spec(spec('ledger'));
  await project.up();
});
afterAll(() => project.remove());

test('one server is started, with a database for each service', () => {
  expect(project.plan).toEqual([
    'start postgres because it is new',
    'create database bills because it is new',
    'create database rooms because it is new',
    'migrate rooms because it is new',
    'migrate bills because it is new',
    'start rooms#1 because it is new',
    'start bills#1 because it is new',
    'start edge because it is not running',
  ]);
});

test('what one service stores the other does not see', async () => {
  await rows('bills', 'POST');
  expect([await rows('bills'), await rows('rooms')]).toEqual([{ count: 1 }, { count: 0 }]);
});

test('status says what stands in for each', async () => {
  const { components } = await driver.observe();
  expect(components.map(({ name, state, provider }) => `${name} ${state} ${provider}`)).toEqual([
    'ledger ready embedded PostgreSQL',
    'postgres ready embedded PostgreSQL',
    'edge ready hometrip edge',
  ]);
});
