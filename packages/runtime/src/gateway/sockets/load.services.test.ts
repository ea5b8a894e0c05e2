import { expect, it } from 'vitest';
import { testDatabase } from '../../testing/index.ts';
import { replicaIncidents, runLoad } from './testing/load.ts';

it('loses and repeats nothing over PostgreSQL while clients are cut off, and replicas stopped and killed', async () => {
  await using database = await testDatabase();
  const urls = { events: database.url, pubsub: database.url };
  const report = await runLoad({ urls, clients: 20, events: 300, incidents: replicaIncidents(urls) });
  console.log(JSON.stringify(report));
  expect(report).toMatchObject({
    sent: 300,
    acknowledged: 300,
    duplicated: 0,
    repeatedOnTheWire: 0,
    lost: 0,
    gaps: 0,
  });
});
