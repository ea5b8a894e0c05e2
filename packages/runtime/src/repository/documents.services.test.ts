import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDocuments, type DocumentStore, type DocumentTx } from '../documents/index.ts';
import { portOptions } from '../testing/port-options.ts';
import { testDatabase, type TestDatabase } from '../testing/database.ts';
import { type Named, placeOptions, testRepository, type Place } from './conformance.ts';
import { documentRepository } from './index.ts';

let server: TestDatabase;
let documents: DocumentStore;
beforeAll(async () => {
  server = await testDatabase();
  documents = await openDocuments(server.url, portOptions());
});
afterAll(async () => {
  await documents.close();
  await server.drop();
});

const options = {
  ...placeOptions,
  unique: [['owner', 'title']] as const,
  nullable: ['rating', 'opens', 'address'] as const,
};
testRepository<DocumentTx>('A collection', async () => ({
  places: documentRepository<Place>(documents, { collection: 'place', ...options }),
  named: async (collection, fields) =>
    documentRepository<Named>(documents, {
      collection,
      sortable: fields,
      filterable: fields,
      unique: [fields.slice(0, 1), fields.slice(-2)],
    }),
  transaction: (work) => documents.transaction(work),
}));

it('is created once when replicas use it for the first time together', async () => {
  const replicas = await Promise.all([1, 2, 3, 4].map(() => openDocuments(server.url, portOptions())));
  const owner = '0197d0f0-0000-7000-8000-000000000001';
  const inserts = replicas.flatMap((replica, index) => {
    const places = documentRepository<Place>(replica, { collection: 'fresh-place', ...options });
    return [1, 2, 3].map((number) => places.insert({ owner, title: `${index}-${number}`, amenities: [] }));
  });
  expect(await Promise.all(inserts)).toHaveLength(12);
  await Promise.all(replicas.map((replica) => replica.close()));
});
