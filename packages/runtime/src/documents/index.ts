import { openersFor, openPort, type Opener, type PortOptions } from '../port.ts';
import { systemOf } from '../telemetry/systems.ts';
import type { DocumentAdapter } from './port.ts';
import { DocumentStore } from './store.ts';

export { DuplicateError } from './port.ts';
export type {
  CollectionDefinition,
  Condition,
  Document,
  DocumentAdapter,
  DocumentTx,
  EarlierNames,
  Find,
  Scalar,
} from './port.ts';
export { DocumentCollection, DocumentStore } from './store.ts';

const openers: readonly Opener<DocumentAdapter>[] = [
  {
    schemes: ['postgres:', 'postgresql:'],
    open: async (url, options) => (await import('./postgres.ts')).openPostgresDocuments(url, options),
  },
  {
    schemes: ['mongodb:', 'mongodb+srv:'],
    open: async (url, options) => (await import('./mongodb/adapter.ts')).openMongoDocuments(url, options),
  },
];

/** A document store at a URL. @param url `postgres://user:password@host:port/name`, `mongodb://…`: the scheme chooses the adapter. */
export async function openDocuments(url: URL, options: PortOptions): Promise<DocumentStore> {
  return new DocumentStore(
    await openPort('documents', openersFor(options.adapters?.documents, openers), url, options),
    systemOf(url),
  );
}
