import { Binary, type Collection, type Db } from 'mongodb';
import type { StoreTx } from '../../events/message-store.ts';
import type { AnswerStore, Claim, KeptAnswer, RequestKey } from '../../idempotency/port.ts';
import type { Runner } from './message-store.ts';

interface Kept {
  readonly _id: RequestKey;
  readonly fingerprint: string;
  readonly at: Date;
  readonly status?: number;
  /** JSON: names of headers are no names of fields. */
  readonly headers?: string;
  readonly body?: Binary | null;
}

/** A collection `idempotency` beside the service's own. */
export class MongoAnswerStore implements AnswerStore {
  readonly #runner: Runner;
  #prepared: Promise<void> | undefined;

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  async prepare(): Promise<void> {
    this.#prepared ??= this.#runner.run(undefined, async (db) => {
      await answers(db).createIndex({ at: 1 }, { name: 'age' });
    });
    try {
      await this.#prepared;
    } catch (error) {
      this.#prepared = undefined;
      throw error;
    }
  }

  /** A rival that is not done yet is a conflict, for which the transaction runs again: that is the waiting. */
  async claim(tx: StoreTx, request: RequestKey, fingerprint: string, maxAge: number): Promise<Claim> {
    return await this.#runner.run(tx, async (db, within) => {
      const _id = { caller: request.caller, key: request.key };
      const found = await answers(db).findOne({ _id }, within);
      const now = new Date();
      if (found !== null && found.at.getTime() >= now.getTime() - maxAge * 1_000) {
        const { status, headers = '{}', body } = found;
        return {
          fingerprint: found.fingerprint,
          answer:
            status === undefined
              ? undefined
              : {
                  status,
                  headers: JSON.parse(headers) as KeptAnswer['headers'],
                  body: body?.buffer === undefined ? undefined : Buffer.from(body.buffer),
                },
        };
      }
      await answers(db).replaceOne({ _id }, { fingerprint, at: now }, { ...within, upsert: true });
      return 'claimed';
    });
  }

  async keep(tx: StoreTx, request: RequestKey, { status, headers, body }: KeptAnswer): Promise<void> {
    const _id = { caller: request.caller, key: request.key };
    const kept = {
      status,
      headers: JSON.stringify(headers),
      body: body === undefined ? null : new Binary(body),
    };
    await this.#runner.run(tx, (db, within) => answers(db).updateOne({ _id }, { $set: kept }, within));
  }

  async expire(maxAge: number): Promise<void> {
    await this.prepare();
    const before = new Date(Date.now() - maxAge * 1_000);
    await this.#runner.run(undefined, (db) => answers(db).deleteMany({ at: { $lt: before } }));
  }
}

const answers = (db: Db): Collection<Kept> => db.collection<Kept>('idempotency');
