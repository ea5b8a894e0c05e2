/** The longest names that services.yaml may have, in each place where something has room for so much only. */
import { expect, it } from 'vitest';
import { limits } from '../model/limits.ts';
import { compose } from './compose/index.ts';
import { componentsRenderer } from './components/index.ts';
import { rendered } from './hometrip.fixture.ts';
import { renderServices } from './services/index.ts';
import { emptyContext, stackOf } from './services/stack.fixture.ts';

const long = (start: string, length: number): string => start.padEnd(length, 'x');
const services = [long('a-', 40), long('b-', 40)];
const entities = [long('a-', 60), long('aa-', 60)];
// The first 54 bytes of what is made of them are the same.
const fields = [`${long('first', 61)}`, `${long('firsx', 61)}`].map((name) => name.slice(0, 60));
const event = `${long('a-', 55)}.done`;
const stack = stackOf(`
name: ${long('stack-', 40)}
version: 1
components: { postgres: {}, rabbitmq: {}, grafana: {}, prometheus: {}, nginx: {} }
events: { ${event}: { at: datetime } }
services:
${services
  .map(
    (service, index) => `  ${service}:
    port: ${5000 + index}
    database: postgres
    publishes: [${event}]
    subscribes: [${event}]
    entities:
      ${entities[index]}: { ${fields.map((field) => `${field}: { type: "int(1..9)", unique: true }`).join(', ')} }`,
  )
  .join('\n')}
  overview: { port: 5010 }
`);

it('an index and a constraint in PostgreSQL, each its own', () => {
  const sql = renderServices(stack, emptyContext)
    .filter(({ path }) => path.endsWith('.sql'))
    .map(({ content }) => content)
    .join('\n');
  const names = [...sql.matchAll(/(?:create (?:unique )?index|constraint) (\S+) (?:on|check)/g)].map(
    ([, name]) => name,
  );
  expect(names).toHaveLength(2 * (1 + 2 + 2));
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name?.length).toBeLessThanOrEqual(limits.sqlName);
});

it('a database and its role', () => {
  for (const { name } of stack.databases) expect(name.length).toBeLessThanOrEqual(limits.sqlName);
});

it('a host, and a secret', () => {
  for (const { name } of [...stack.workloads, ...stack.secrets])
    expect(name.length).toBeLessThanOrEqual(limits.dnsLabel);
});

it('a queue, which is called after its service, and a routing key, which is an event', () => {
  const queues = services.map((service) => `events.${service}.dead-letters`);
  for (const name of [...queues, event]) expect(name.length).toBeLessThanOrEqual(limits.amqpName);
});

it('a dashboard, each its own, and its file', async () => {
  const uids = [...(await rendered(stack, componentsRenderer)).values()].flatMap(({ path, content }) =>
    path.endsWith('.json') ? [(JSON.parse(content) as { uid: string }).uid] : [],
  );
  expect(uids.length).toBeGreaterThan(3);
  expect(new Set(uids).size).toBe(uids.length);
  for (const uid of uids) expect(uid).toMatch(new RegExp(`^[A-Za-z0-9_-]{1,${limits.grafanaUid}}$`));
});

it('a file', async () => {
  const files = [
    ...renderServices(stack, emptyContext),
    ...(await rendered(stack, compose, componentsRenderer)).values(),
  ];
  for (const { path } of files)
    for (const part of path.split('/')) expect(part.length).toBeLessThanOrEqual(limits.fileName);
});
