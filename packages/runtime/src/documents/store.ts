import { joinedTransaction } from '../context.ts';
import type { Port } from '../port.ts';
import { type PortSpans, portSpans } from '../telemetry/ports.ts';
import { inSpan } from '../telemetry/span.ts';
import type { CollectionDefinition, Document, DocumentAdapter, DocumentTx, Find } from './port.ts';

/** A service's documents: validates names, and creates each collection before its first use. */
export class DocumentStore implements Port {
  readonly #adapter: DocumentAdapter;
  readonly #collections = new Map<string, DocumentCollection>();

  readonly #span: PortSpans;

  /** @param system What spans call the server: `mongodb`. */
  constructor(adapter: DocumentAdapter, system = 'unknown') {
    this.#adapter = adapter;
    this.#span = portSpans(system);
  }

  get messages(): DocumentAdapter['messages'] {
    return this.#adapter.messages;
  }

  get answers(): DocumentAdapter['answers'] {
    return this.#adapter.answers;
  }

  /** The same collection for the same name; the first definition counts. */
  collection(definition: CollectionDefinition): DocumentCollection {
    const known = this.#collections.get(definition.name);
    if (known !== undefined) return known;
    const collection = new DocumentCollection(this.#adapter, definition, this.#span, this);
    this.#collections.set(definition.name, collection);
    return collection;
  }

  /** Makes all collections that are known so far, and those of the messages: what a transaction cannot do. */
  async ensure(): Promise<void> {
    await Promise.all([
      this.#adapter.messages.prepare(),
      ...[...this.#collections.values()].map((collection) => collection.ensure()),
    ]);
  }

  transaction<T>(work: (tx: DocumentTx) => Promise<T>): Promise<T> {
    const joined = joinedTransaction(this);
    if (joined !== undefined) return work(joined);
    return inSpan('transaction', () => this.#adapter.transaction(work));
  }

  /** Also sees that what has an earlier name got its new one: until then nothing of it would be found. */
  async check(): Promise<void> {
    for (const collection of this.#collections.values()) if (collection.isRenamed) await collection.ensure();
    await this.#adapter.check?.();
  }

  close(): Promise<void> {
    return this.#adapter.close();
  }
}

const COLLECTION = /^[a-z][a-z0-9_-]{0,62}$/;
const FIELD = /^[A-Za-z][A-Za-z0-9_]{0,62}$/;

/** One collection, made with its indexes when it is first used. Field names are checked: letters, digits and _. */
export class DocumentCollection {
  readonly name: string;
  readonly #adapter: DocumentAdapter;
  readonly #definition: CollectionDefinition;
  readonly #span: PortSpans;
  readonly #store: object | undefined;
  #ensured: Promise<void> | undefined;

  /** @param store Whose transactions it joins. */
  constructor(adapter: DocumentAdapter, definition: CollectionDefinition, span: PortSpans, store?: object) {
    if (!COLLECTION.test(definition.name))
      throw new TypeError(
        `“${definition.name}” is not a name for a collection: use up to 63 lower-case letters, digits, - and _.`,
      );
    const { collection, fields = {} } = definition.renamedFrom ?? {};
    for (const field of [
      ...[...definition.unique, ...definition.indexes].flat(),
      ...Object.entries(fields).flat(),
    ])
      assertField(field);
    if (collection !== undefined && !COLLECTION.test(collection))
      throw new TypeError(`“${collection}” is not a name for a collection: use lower case, digits, - and _.`);
    this.name = definition.name;
    this.#adapter = adapter;
    this.#definition = definition;
    this.#span = span;
    this.#store = store;
  }

  get isRenamed(): boolean {
    return this.#definition.renamedFrom !== undefined;
  }

  /** Called by every operation; call it at start to fail early. */
  async ensure(): Promise<void> {
    this.#ensured ??= this.#adapter.ensureCollection(this.#definition);
    try {
      await this.#ensured;
    } catch (error) {
      this.#ensured = undefined;
      throw error;
    }
  }

  async insert(document: Document, tx?: DocumentTx): Promise<void> {
    for (const field of Object.keys(document)) assertField(field);
    await this.ensure();
    await this.#span('insert', this.name, () => this.#adapter.insert(this.name, document, this.#within(tx)));
  }

  async get(id: string, tx?: DocumentTx): Promise<Document | undefined> {
    await this.ensure();
    return await this.#span('get', this.name, () => this.#adapter.get(this.name, id, this.#within(tx)));
  }

  async find(query: Find, tx?: DocumentTx): Promise<readonly Document[]> {
    for (const { field } of [...query.where, query.sort]) assertField(field);
    await this.ensure();
    return await this.#span('find', this.name, () => this.#adapter.find(this.name, query, this.#within(tx)));
  }

  async update(
    id: string,
    set: Readonly<Record<string, unknown>>,
    revision?: number,
    tx?: DocumentTx,
  ): Promise<Document | undefined> {
    for (const field of Object.keys(set)) {
      assertField(field);
      if (field === 'id' || field === 'revision') throw new TypeError(`${field} is managed by the store.`);
    }
    await this.ensure();
    return await this.#span('update', this.name, () =>
      this.#adapter.update(this.name, id, set, revision, this.#within(tx)),
    );
  }

  async delete(id: string, revision?: number, tx?: DocumentTx): Promise<boolean> {
    await this.ensure();
    return await this.#span('delete', this.name, () =>
      this.#adapter.delete(this.name, id, revision, this.#within(tx)),
    );
  }

  #within(tx: DocumentTx | undefined): DocumentTx | undefined {
    return tx ?? (this.#store === undefined ? undefined : joinedTransaction(this.#store));
  }
}

function assertField(field: string): void {
  if (!FIELD.test(field)) throw new TypeError(`“${field}” is not a field name: use letters, digits and _.`);
}
