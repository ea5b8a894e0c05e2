import { randomUUID } from 'node:crypto';
import { Timestamp, type ClientSession, type Collection, type Db } from 'mongodb';
import type { Backlog, MessageStore, RefusedMessage, StoreTx } from '../../events/message-store.ts';
import type { BusMessage } from '../../events/port.ts';
import { isDuplicate } from './failures.ts';
import type { Transaction } from './transaction.ts';

interface Waiting {
  /** When the server got it, with a number for those of the same second: the order of the outbox. */
  readonly seq: Timestamp;
  /** Position within one append, whose messages a server may stamp alike. */
  readonly position: number;
  readonly id: string;
  /** JSON: keys of payloads are no names of fields. */
  readonly body: string;
  readonly occurredAt: Date;
}

interface Refused extends Waiting {
  readonly reason: string;
  readonly refusedAt: Date;
}

interface Handled {
  readonly _id: { readonly consumer: string; readonly eventId: string };
  readonly handledAt: Date;
}

interface Lease {
  readonly _id: string;
  readonly owner: string;
  readonly until: Date;
}

/** How long the relay of a process that died keeps others from relaying. */
const LEASE_MS = 10_000;

/** Options of the driver: the session of the transaction, if the call belongs to one. */
export type Within = { readonly session?: ClientSession };

/** What the store needs of the adapter. */
export interface Runner {
  /** Runs on the database, within the transaction if there is one; a lost server is reported as the port says. */
  run<T>(tx: StoreTx | undefined, call: (db: Db, within: Within) => Promise<T>): Promise<T>;
  transaction<T>(work: (tx: StoreTx) => Promise<T>): Promise<T>;
}

/** Collections `outbox`, `outbox_dead`, `inbox` and `lease` beside the service's own. */
export class MongoMessageStore implements MessageStore {
  readonly #runner: Runner;
  readonly #leaseMs: number;
  #prepared: Promise<void> | undefined;

  constructor(runner: Runner, leaseMs = LEASE_MS) {
    this.#runner = runner;
    this.#leaseMs = leaseMs;
  }

  async prepare(): Promise<void> {
    this.#prepared ??= this.#runner.run(undefined, async (db) => {
      await outbox(db).createIndex({ seq: 1, position: 1, _id: 1 }, { name: 'order' });
      await inbox(db).createIndex({ handledAt: 1 }, { name: 'age' });
    });
    try {
      await this.#prepared;
    } catch (error) {
      this.#prepared = undefined;
      throw error;
    }
  }

  async append(messages: readonly BusMessage[], tx?: StoreTx): Promise<void> {
    if (messages.length === 0) return;
    await this.prepare();
    // All or none, also without a transaction of the caller's.
    if (tx === undefined && messages.length > 1)
      return await this.#runner.transaction((own) => this.append(messages, own));
    const rows = messages.map((message, position): Waiting => {
      const { occurredAt } = message;
      return {
        // The server fills an empty timestamp in.
        seq: new Timestamp({ t: 0, i: 0 }),
        position,
        id: message.id,
        body: JSON.stringify(message),
        occurredAt: new Date(occurredAt),
      };
    });
    await this.#runner.run(tx, (db, within) => outbox(db).insertMany(rows, within));
  }

  afterCommit(tx: StoreTx, callback: () => void): void {
    (tx as Transaction).callbacks.push(callback);
  }

  async relay(
    limit: number,
    publish: (messages: readonly BusMessage[]) => Promise<readonly RefusedMessage[]>,
  ): Promise<number> {
    await this.prepare();
    const next = (count: number) =>
      this.#runner.run(undefined, (db) =>
        outbox(db)
          .find({}, { sort: { seq: 1, position: 1, _id: 1 }, limit: count, batchSize: count })
          .toArray(),
      );
    if ((await next(1)).length === 0) return 0;
    const owner = randomUUID();
    if (!(await this.#lease(owner))) return 0;
    const renewal = setInterval(() => void this.#lease(owner).catch(() => undefined), this.#leaseMs / 3);
    try {
      const rows = await next(limit);
      if (rows.length === 0) return 0;
      const refused = await publish(rows.map(({ body }) => JSON.parse(body) as BusMessage));
      for (const { id, reason } of refused)
        await this.#setAside(
          rows.find((row) => row.id === id),
          reason,
        );
      // A crash before this: the bus gets the same ids again, and knows them.
      const ids = rows.map(({ _id }) => _id);
      await this.#runner.run(undefined, (db) => outbox(db).deleteMany({ _id: { $in: ids } }));
      return rows.length;
    } finally {
      clearInterval(renewal);
      await this.#runner
        .run(undefined, (db) => leases(db).deleteOne({ _id: 'outbox', owner }))
        .catch(() => undefined);
    }
  }

  async backlog(): Promise<Backlog> {
    await this.prepare();
    return await this.#runner.run(undefined, async (db) => {
      const group = { $group: { _id: null, count: { $sum: 1 }, oldest: { $min: '$occurredAt' } } };
      const [row] = await outbox(db).aggregate<{ count: number; oldest: Date }>([group]).toArray();
      const refused = await dead(db).countDocuments();
      if (row === undefined) return { count: 0, seconds: 0, refused };
      return { count: row.count, seconds: Math.max(0, (Date.now() - row.oldest.getTime()) / 1_000), refused };
    });
  }

  transaction<T>(work: (tx: StoreTx) => Promise<T>): Promise<T> {
    return this.#runner.transaction(work);
  }

  /** A rival that is not done yet is a conflict, for which the transaction runs again: that is the waiting. */
  async claim(tx: StoreTx, consumer: string, eventId: string): Promise<boolean> {
    await this.prepare();
    return await this.#runner.run(tx, async (db, within) => {
      const { upsertedCount } = await inbox(db).updateOne(
        { _id: { consumer, eventId } },
        { $setOnInsert: { handledAt: new Date() } },
        { ...within, upsert: true },
      );
      return upsertedCount === 1;
    });
  }

  async expire(days: number): Promise<void> {
    await this.prepare();
    const before = new Date(Date.now() - days * 86_400_000);
    await this.#runner.run(undefined, (db) => inbox(db).deleteMany({ handledAt: { $lt: before } }));
  }

  /** Again after a crash, it is the same document. */
  async #setAside(row: (Waiting & { readonly _id: unknown }) | undefined, reason: string): Promise<void> {
    if (row === undefined) return;
    const { _id, ...waiting } = row;
    await this.#runner.run(undefined, (db) =>
      dead(db).updateOne(
        { id: row.id },
        { $set: { ...waiting, reason, refusedAt: new Date() } },
        { upsert: true },
      ),
    );
  }

  /** Takes or renews the right to relay, by the server's clock. @returns whether `owner` has it. */
  #lease(owner: string): Promise<boolean> {
    const mine = { $or: [{ $eq: ['$owner', owner] }, { $lt: ['$until', '$$NOW'] }] };
    const take = {
      owner: { $cond: [mine, owner, '$owner'] },
      until: { $cond: [mine, { $add: ['$$NOW', this.#leaseMs] }, '$until'] },
    };
    return this.#runner.run(undefined, async (db) => {
      try {
        const lease = await leases(db).findOneAndUpdate({ _id: 'outbox' }, [{ $set: take }], {
          upsert: true,
          returnDocument: 'after',
        });
        return lease?.owner === owner;
      } catch (error) {
        // Two wrote the first lease at the same moment.
        if (isDuplicate(error)) return false;
        throw error;
      }
    });
  }
}

const outbox = (db: Db): Collection<Waiting> => db.collection<Waiting>('outbox');
const dead = (db: Db): Collection<Refused> => db.collection<Refused>('outbox_dead');
const inbox = (db: Db): Collection<Handled> => db.collection<Handled>('inbox');
const leases = (db: Db): Collection<Lease> => db.collection<Lease>('lease');
