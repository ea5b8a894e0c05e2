/**
 * Speaks MongoDB's protocol in front of PostgreSQL with the DocumentDB extension, for the tests of the adapter:
 * DATABASE_URL is the PostgreSQL, PORT where to listen, STANDALONE=1 says to be no member of a replica set. What commands
 * mean (filters, order, updates, indexes) is DocumentDB's own; only transactions are made here, of PostgreSQL's, with
 * what MongoDB promises of them: a snapshot, conflicts that end the transaction, and an end of it at any failed write.
 */
import { BSON } from 'mongodb';
import pg from 'pg';
import { serveCommands, type Answer, type Command } from './wire.ts';

const port = Number(process.env['PORT']);
const standalone = process.env['STANDALONE'] === '1';
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 30 });
pool.on('error', () => undefined);

class MongoError extends Error {
  readonly code: number;
  readonly transient: boolean;
  constructor(code: number, message: string, transient = false) {
    super(message);
    this.code = code;
    this.transient = transient;
  }
}

type Client = Pick<pg.PoolClient, 'query'>;
interface Transaction {
  readonly session: string;
  readonly number: string;
  readonly client: pg.PoolClient;
  state: 'open' | 'aborted' | 'committed';
}
/** By session. */
const transactions = new Map<string, Transaction>();
const cursors = new Map<string, { continuation: Buffer; client: pg.PoolClient | undefined }>();

const OWN =
  /^(lsid|\$.*|txnNumber|api.*|readConcern|writeConcern|comment|maxTimeMS|startTransaction|autocommit)$/;
const spec = (command: Command): Buffer => {
  const fields = Object.entries(command).filter(([key]) => !OWN.test(key));
  return Buffer.from(BSON.serialize(Object.fromEntries(fields.map(([key, value]) => [key, inert(value)]))));
};

/** Plain objects as maps, since an object with a key `_bsontype` would be taken for something else. */
function inert(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inert);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return new Map(Object.entries(value).map(([key, item]) => [key, inert(item)]));
}

const parse = (data: Buffer): Command => BSON.deserialize(data, { promoteValues: false });
const BYTES = '::documentdb_core.bson';

async function call(client: Client, from: string, values: unknown[]): Promise<Record<string, Buffer>> {
  const { rows } = await client.query<Record<string, Buffer>>(from, values);
  return rows[0] ?? {};
}

/** @param retry Makes a repeated write answer what it did the first time. */
async function write(
  client: Client,
  name: string,
  database: string,
  command: Command,
  retry: string | null,
): Promise<Answer> {
  const { result } = await call(
    client,
    `select p_result::bytea as result from documentdb_api.${name}(p_database_name => $1, ${{ insert: 'p_insert', update: 'p_update', delete: 'p_delete' }[name] ?? 'p_message'} => ($2::bytea)${BYTES}, p_transaction_id => $3)`,
    [database, spec(command), retry],
  );
  // Documents that it holds stay as they are.
  if (name === 'find_and_modify') return result as Buffer;
  const answer = parse(result as Buffer);
  for (const error of (answer['writeErrors'] as WriteError[] | undefined) ?? []) {
    const index = violated(error.errmsg);
    error.code = index === undefined ? Number(error.code) : 11000;
    if (index !== undefined) error.keyPattern = await keyPattern(index);
  }
  return answer;
}

interface WriteError {
  code: unknown;
  errmsg?: string;
  keyPattern?: Command | undefined;
}

/** The unique index that a message is about, by its name or its number. */
const violated = (message = ''): string | undefined =>
  /duplicate key .*index '(.*)'|exclusion constraint "documents_rum_index_(\d+)"/i
    .exec(message)
    ?.slice(1)
    .find(Boolean);

async function keyPattern(index: string): Promise<Command | undefined> {
  if (index === '_id_') return { _id: 1 };
  const row = await call(
    pool,
    `select (index_spec).index_key::bytea as key from documentdb_api_catalog.collection_indexes
      where (index_spec).index_name = $1 or index_id::text = $1`,
    [index],
  );
  return row['key'] === undefined ? undefined : parse(row['key']);
}

/** As MongoDB does on insert: an empty timestamp becomes the server's, greater than all before. */
function stamped(command: Command): Command {
  const stamp = (document: Command): Command =>
    Object.fromEntries(
      Object.entries(document).map(([key, value]) => [key, isEmpty(value) ? nextTimestamp() : value]),
    );
  return { ...command, documents: (command['documents'] as Command[]).map(stamp) };
}

const isEmpty = (value: unknown): boolean => value instanceof BSON.Timestamp && value.isZero();

let last = { t: 0, i: 0 };
function nextTimestamp(): BSON.Timestamp {
  const t = Math.max(last.t, Math.floor(Date.now() / 1_000));
  last = { t, i: t === last.t ? last.i + 1 : 1 };
  return new BSON.Timestamp(last);
}

async function openCursor(
  owner: pg.PoolClient | undefined,
  name: string,
  database: string,
  command: Command,
): Promise<Answer> {
  const client = owner ?? (await pool.connect());
  let kept = false;
  try {
    if (owner === undefined) await client.query('begin');
    const row = await call(
      client,
      `select cursorpage::bytea as page, continuation::bytea as continuation, persistconnection as keep, cursorid as id
        from documentdb_api.${name}($1, ($2::bytea)${BYTES})`,
      [database, spec(command)],
    );
    kept = owner === undefined && row['continuation'] !== null && Boolean(row['keep']);
    if (owner === undefined && !kept) await client.query('commit');
    if (row['continuation'] !== null)
      cursors.set(String(row['id']), {
        continuation: row['continuation'] as Buffer,
        client: kept ? client : owner,
      });
    return row['page'] as Buffer;
  } catch (error) {
    if (owner === undefined) await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    if (owner === undefined && !kept) client.release();
  }
}

async function getMore(database: string, command: Command): Promise<Answer> {
  const id = String(command['getMore']);
  const cursor = cursors.get(id);
  if (cursor === undefined) throw new MongoError(43, `cursor id ${id} not found`);
  cursors.delete(id);
  const row = await call(
    cursor.client ?? pool,
    `select cursorpage::bytea as page, continuation::bytea as continuation
      from documentdb_api.cursor_get_more($1, ($2::bytea)${BYTES}, ($3::bytea)${BYTES})`,
    [database, spec(command), cursor.continuation],
  );
  if (row['continuation'] !== null)
    cursors.set(id, { ...cursor, continuation: row['continuation'] as Buffer });
  return row['page'] as Buffer;
}

const hello = (): Answer => ({
  helloOk: true,
  ismaster: true,
  isWritablePrimary: true,
  ...(standalone
    ? {}
    : { setName: 'rs0', setVersion: 1, me: address(), primary: address(), hosts: [address()] }),
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  localTime: new Date(),
  logicalSessionTimeoutMinutes: 30,
  minWireVersion: 0,
  maxWireVersion: 21,
  readOnly: false,
  ok: 1,
});
const address = (): string => `127.0.0.1:${port}`;

/** The open transaction that the command belongs to; begins one where it says so. */
async function transactionOf(command: Command, session: string): Promise<Transaction | undefined> {
  if (command['autocommit'] !== false) return undefined;
  if (standalone)
    throw new MongoError(20, 'Transaction numbers are only allowed on a replica set member or mongos');
  const number = String(command['txnNumber']);
  const known = transactions.get(session);
  if (command['startTransaction'] === true) {
    if (known?.state === 'open') await finish(known, 'rollback');
    const client = await pool.connect();
    const begun: Transaction = { session, number, client, state: 'open' };
    transactions.set(session, begun);
    await client.query('begin isolation level repeatable read');
    return begun;
  }
  if (known?.number === number) return known;
  // Of a front that was killed: what it committed is remembered, and all else is undone.
  const { rowCount } = await pool.query('select from front_committed where session = $1 and number = $2', [
    session,
    number,
  ]);
  if (rowCount === 1) throw new Committed();
  throw new MongoError(251, `Given transaction number ${number} does not match any in-progress one`, true);
}

/** A transaction that is asked for again. */
class Committed extends Error {}

async function finish(transaction: Transaction, how: 'commit' | 'rollback'): Promise<void> {
  if (transaction.state !== 'open') return;
  const { client, session, number } = transaction;
  transaction.state = how === 'commit' ? 'committed' : 'aborted';
  const remembered =
    how === 'commit' ? client.query('insert into front_committed values ($1, $2)', [session, number]) : null;
  const failure = await Promise.all([remembered, client.query(how)]).then(
    () => undefined,
    (error: unknown) => error,
  );
  transaction.client.release(failure !== undefined);
  if (failure !== undefined && how === 'commit') {
    transaction.state = 'aborted';
    // It may have happened all the same: whoever asks again is told what PostgreSQL remembers.
    transactions.delete(session);
    throw failure;
  }
}

async function run(name: string, command: Command, transaction: Transaction | undefined): Promise<Answer> {
  const database = String(command['$db'] ?? 'admin');
  const client: Client = transaction?.client ?? pool;
  const retry =
    transaction === undefined && command['txnNumber'] !== undefined
      ? `${sessionOf(command)}:${String(command['txnNumber'])}`
      : null;
  switch (name) {
    case 'insert':
      return await write(client, name, database, stamped(command), retry);
    case 'update':
    case 'delete':
      return await write(client, name, database, command, retry);
    case 'findandmodify':
      return await write(client, 'find_and_modify', database, command, retry);
    case 'find':
      return await openCursor(transaction?.client, 'find_cursor_first_page', database, command);
    case 'aggregate':
      return await openCursor(transaction?.client, 'aggregate_cursor_first_page', database, command);
    case 'listindexes':
      return await openCursor(undefined, 'list_indexes_cursor_first_page', database, command);
    case 'getmore':
      return await getMore(database, command);
    case 'createindexes':
      return await createIndexes(database, command);
    case 'renamecollection':
      return await renameCollection(String(command['renameCollection']), String(command['to']));
    case 'dropindexes':
      await pool
        .query(`call documentdb_api.drop_indexes($1, ($2::bytea)${BYTES}, null)`, [database, spec(command)])
        .catch((error: Error) => {
          throw error.message.startsWith('index not found') ? new MongoError(27, error.message) : error;
        });
      return { ok: 1 };
    case 'dropdatabase':
      await pool.query('select documentdb_api.drop_database($1)', [database]);
      return { ok: 1 };
    case 'ping':
      await pool.query('select 1');
      return { ok: 1 };
    case 'endsessions':
    case 'killcursors':
      return { ok: 1 };
    default:
      throw new MongoError(59, `no such command: '${name}'`);
  }
}

/** `database.collection`, both. */
async function renameCollection(from: string, to: string): Promise<Answer> {
  const [database = '', collection = ''] = from.split(/\.(.*)/s);
  const target = to.slice(database.length + 1);
  const { rows } = await pool.query<{ name: string }>(
    'select collection_name as name from documentdb_api_catalog.collections where database_name = $1 and collection_name in ($2, $3)',
    [database, collection, target],
  );
  const present = rows.map(({ name }) => name);
  if (!present.includes(collection)) throw new MongoError(26, 'source namespace does not exist');
  if (present.includes(target)) throw new MongoError(48, 'target namespace exists');
  await pool
    .query('select documentdb_api.rename_collection($1, $2, $3, false)', [database, collection, target])
    .catch((error: Error) => {
      // Another one was faster than the question above.
      throw error.message.includes('does not exist') ? new MongoError(26, error.message) : error;
    });
  return { ok: 1 };
}

let building: Promise<unknown> = Promise.resolve();

/** One after the other: two at once on one collection deadlock in DocumentDB, where MongoDB lets one wait. */
async function createIndexes(database: string, command: Command): Promise<Answer> {
  const create = () =>
    call(
      pool,
      `select documentdb_api_internal.create_indexes_non_concurrently($1, ($2::bytea)${BYTES}, true)::bytea as result`,
      [database, spec(command)],
    );
  const built = building.then(create, create);
  building = built.catch(() => undefined);
  return (await built)['result'] as Buffer;
}

const sessionOf = ({ lsid }: Command): string =>
  (lsid as { id?: { toString(encoding: 'hex'): string } } | undefined)?.id?.toString('hex') ?? '';

async function answer(command: Command): Promise<Answer> {
  const name = (Object.keys(command)[0] ?? '').toLowerCase();
  if (name === 'hello' || name === 'ismaster') return hello();
  const session = sessionOf(command);
  let transaction: Transaction | undefined;
  try {
    transaction = await transactionOf(command, session);
    if (transaction !== undefined && (name === 'committransaction' || name === 'aborttransaction')) {
      const how = name === 'committransaction' ? 'commit' : 'rollback';
      // Asked once more because the first answer was lost.
      if (transaction.state === 'committed' && how === 'commit') return { ok: 1 };
      if (transaction.state !== 'open')
        throw new MongoError(251, `Transaction ${transaction.number} has been aborted.`, how === 'commit');
      await finish(transaction, how);
      return { ok: 1 };
    }
    if (transaction !== undefined && transaction.state !== 'open')
      throw new MongoError(251, `Transaction ${transaction.number} has been aborted.`, true);
    const result = await run(name, command, transaction);
    if (transaction !== undefined && 'writeErrors' in result) await finish(transaction, 'rollback');
    return result;
  } catch (error) {
    if (transaction !== undefined) await finish(transaction, 'rollback').catch(() => undefined);
    if (error instanceof Committed && name === 'committransaction') return { ok: 1 };
    return await failure(error, command['autocommit'] === false && name !== 'committransaction');
  }
}

async function failure(error: unknown, inTransaction: boolean): Promise<Answer> {
  const { code, message } = error as { code?: unknown; message: string };
  const of = (number: number, transient = false): Answer => ({
    ok: 0,
    errmsg: message,
    code: number,
    ...(transient ? { errorLabels: ['TransientTransactionError'] } : {}),
  });
  if (error instanceof MongoError) return of(error.code, error.transient);
  if (code === '40001' || code === '40P01') return of(112, inTransaction);
  const index = violated(message);
  if (index !== undefined) return { ...of(11000), keyPattern: await keyPattern(index) };
  // PostgreSQL is ending or gone: what MongoDB says when it shuts down.
  if (typeof code !== 'string' || /^(57P|08|E[A-Z]+$)/.test(code)) return of(91, inTransaction);
  process.stderr.write(`${code} ${message}\n`);
  return of(2);
}

if (!standalone)
  await pool.query(
    'create table if not exists front_committed (session text, number text, primary key (session, number))',
  );
serveCommands(answer).listen(port, '127.0.0.1', () => process.stdout.write('ready\n'));
