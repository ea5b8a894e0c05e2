import { MongoClient, type Db } from 'mongodb';
import type { PortOptions } from '../../port.ts';
import { hostOf } from '../../address.ts';
import { mongodbAddress } from './address.ts';
import { isUnreachable } from './failures.ts';
import { measurePool } from './pool-metrics.ts';

/** What a URL may say otherwise: `?serverSelectionTimeoutMS=10000`. */
const DEFAULTS: Readonly<Record<string, string>> = {
  // Small, since services with replicas share one server.
  maxPoolSize: '8',
  // Elections take longer; clients are told to come back.
  serverSelectionTimeoutMS: '3000',
  connectTimeoutMS: '5000',
  waitQueueTimeoutMS: '5000',
  socketTimeoutMS: '30000',
  // What is acknowledged outlives the server that acknowledged it.
  w: 'majority',
  journal: 'true',
};

/** Defaults that another option takes the place of. */
const SAID_BY = [
  ['journal', 'j'],
  ['maxPoolSize', 'minpoolsize'],
] as const;

/**
 * A client that knows whether its server can do what the port promises. MongoDB has transactions on replica sets and
 * sharded clusters only; a standalone server is refused rather than used without them.
 */
export class Connection {
  readonly client: MongoClient;
  readonly #database: Db;
  readonly #host: string;
  #capable: Promise<void> | undefined;

  /** @throws Error when the URL is none of MongoDB, or names no database. */
  constructor(url: URL, { instance, metrics }: PortOptions) {
    const { text, database } = mongodbAddress(withDefaults(url));
    this.#host = hostOf(url);
    // Shown in the server's log and in currentOp.
    this.client = new MongoClient(text, { appName: instance, ignoreUndefined: true });
    this.#database = this.client.db(database);
    measurePool(this.client, metrics, this.client.options.maxPoolSize);
  }

  /** @throws Error for a standalone server, whatever the driver throws for one that cannot be reached. */
  async database(): Promise<Db> {
    this.#capable ??= this.#probe();
    try {
      await this.#capable;
    } catch (error) {
      this.#capable = undefined;
      throw error;
    }
    return this.#database;
  }

  /** Refuses a server that will not do, and lets one that is away come later: readiness tells. */
  async open(): Promise<void> {
    try {
      await this.database();
    } catch (error) {
      if (isUnreachable(error)) return;
      await this.client.close();
      throw error;
    }
  }

  async #probe(): Promise<void> {
    // The driver connects by itself, but not again once the first try has failed.
    await this.client.connect();
    await requireTransactions(this.client, this.#host);
  }
}

/** Connects once, with the address of a service. @throws Error why it would not do. */
export async function tryConnection(url: URL, timeoutMs: number): Promise<void> {
  const client = new MongoClient(mongodbAddress(url).text, {
    serverSelectionTimeoutMS: timeoutMs,
    connectTimeoutMS: timeoutMs,
  });
  try {
    await client.connect();
    await requireTransactions(client, hostOf(url));
    // Servers greet anybody: one that asks for a user says so later.
    if (url.username === '') await client.db().collection('login').findOne();
  } finally {
    await client.close();
  }
}

async function requireTransactions(client: MongoClient, host: string): Promise<void> {
  const { setName, msg } = await client.db('admin').command({ hello: 1 });
  if (setName !== undefined || msg === 'isdbgrid') return;
  throw new Error(
    `MongoDB at ${host} is a standalone server, which has no transactions. ` +
      'Start it with --replSet rs0, and run rs.initiate() on it once: one member is enough.',
  );
}

function withDefaults(url: URL): URL {
  const result = new URL(url);
  const given = new Set([...result.searchParams.keys()].map((key) => key.toLowerCase()));
  for (const [key, value] of Object.entries(DEFAULTS))
    if (!given.has(key.toLowerCase()) && !SAID_BY.some(([name, by]) => name === key && given.has(by)))
      result.searchParams.set(key, value);
  return result;
}
