import { sql } from 'kysely';
import { ensureSchema } from '../database/schema.ts';
import { sweep } from '../database/sweep.ts';
import type { Db, Tx } from '../database/transaction.ts';
import type { StoreTx } from '../events/message-store.ts';
import type { AnswerStore, Claim, KeptAnswer, RequestKey } from './port.ts';

interface Row {
  readonly fingerprint: string;
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

/** A table `idempotency` beside the service's own. */
export class PostgresAnswerStore implements AnswerStore {
  readonly #db: Db;
  #prepared: Promise<void> | undefined;

  constructor(db: Db) {
    this.#db = db;
  }

  async prepare(): Promise<void> {
    this.#prepared ??= ensureSchema(this.#db, 'idempotency', [
      `create table idempotency (
        caller text not null, key text not null, fingerprint text not null,
        status smallint, headers jsonb, body bytea, at timestamptz not null default now(),
        primary key (caller, key))`,
      'create index idempotency_at on idempotency (at)',
    ]);
    try {
      await this.#prepared;
    } catch (error) {
      this.#prepared = undefined;
      throw error;
    }
  }

  async claim(tx: StoreTx, { caller, key }: RequestKey, fingerprint: string, maxAge: number): Promise<Claim> {
    // A rival's row would be waited for, with a connection each: who does not get the lock does not even try.
    const { numAffectedRows } = await sql`
      insert into idempotency (caller, key, fingerprint)
      select ${caller}, ${key}, ${fingerprint}
      where pg_try_advisory_xact_lock(hashtextextended(${`hometrip:idempotency ${caller} ${key}`}, 0))
      on conflict (caller, key) do update set fingerprint = excluded.fingerprint, status = null, at = now()
      where idempotency.at < now() - make_interval(secs => ${maxAge})`.execute(tx as Tx);
    if (numAffectedRows === 1n) return 'claimed';
    const { rows } = await sql<Row>`
      select fingerprint, status, headers, body from idempotency where caller = ${caller} and key = ${key}`.execute(
      tx as Tx,
    );
    const [row] = rows;
    if (row === undefined) return 'busy';
    const { status, headers, body } = row;
    return {
      fingerprint: row.fingerprint,
      answer: status === null ? undefined : { status, headers, body: body ?? undefined },
    };
  }

  async keep(tx: StoreTx, { caller, key }: RequestKey, { status, headers, body }: KeptAnswer): Promise<void> {
    await sql`
      update idempotency set status = ${status}, headers = ${JSON.stringify(headers)}::jsonb, body = ${body ?? null}
      where caller = ${caller} and key = ${key}`.execute(tx as Tx);
  }

  async expire(maxAge: number): Promise<void> {
    await this.prepare();
    await sweep((most) =>
      sql`
        delete from idempotency where ctid = any(array(
          select ctid from idempotency where at < now() - make_interval(secs => ${maxAge}) limit ${most}))`.execute(
        this.#db,
      ),
    );
  }
}
