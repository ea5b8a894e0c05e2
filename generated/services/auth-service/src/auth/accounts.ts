import { randomUUIDv7 } from 'node:crypto';
import { conflict } from '@hometrip/runtime';
import { type Kysely, type Selectable, sql } from 'kysely';
import { type Account, type ManagedAccount, newcomer, Role } from './schema.ts';
import type { AuthTables } from './tables.ts';

const columns = [
  'account.id',
  'account.email',
  'account.displayName',
  'account.roles',
  'account.suspended',
  'account.generation',
  'account.revision',
  'account.createdAt',
  'account.updatedAt',
] as const;

type Row = Omit<Selectable<AuthTables['account']>, 'passwordHash'>;

/** An account as this service knows it. */
export interface KnownAccount extends ManagedAccount {
  /** Access tokens of earlier ones do not count any more. */
  readonly generation: number;
}

export const accountColumns = columns;
export const toAccount = (row: Row): KnownAccount => ({ ...row, roles: rolesOf(row.roles) });

/** A role that services.yaml no longer declares counts for nothing; every account has at least one. */
function rolesOf(stored: readonly string[]): Role[] {
  const known = stored.flatMap((name) => Role.safeParse(name).data ?? []);
  return known.length === 0 ? [newcomer] : known;
}

/** What its owner sees. */
export const ownView = ({ suspended: _, generation: __, ...account }: KnownAccount): Account => account;
/** What admins see. */
export const managedView = ({ generation: _, ...account }: KnownAccount): ManagedAccount => account;

/** What a change leaves alone when it does not name it. */
export interface AccountChange {
  readonly roles?: readonly Role[];
  readonly suspended?: boolean;
  readonly passwordHash?: string;
}

export class Accounts {
  readonly #db: Kysely<AuthTables>;

  constructor(db: Kysely<AuthTables>) {
    this.#db = db;
  }

  /** Undefined when the address has an account already. `tx` joins the caller's transaction. */
  async create(
    values: { email: string; displayName: string; passwordHash: string },
    tx: Kysely<AuthTables> = this.#db,
  ): Promise<KnownAccount | undefined> {
    const row = await tx
      .insertInto('account')
      .values({ id: randomUUIDv7(), roles: [newcomer], ...values })
      .onConflict((conflict) => conflict.column('email').doNothing())
      .returning(columns)
      .executeTakeFirst();
    return row === undefined ? undefined : toAccount(row);
  }

  async get(id: string, tx: Kysely<AuthTables> = this.#db): Promise<KnownAccount | undefined> {
    const row = await tx.selectFrom('account').select(columns).where('id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : toAccount(row);
  }

  async find(email: string): Promise<(KnownAccount & { readonly passwordHash: string }) | undefined> {
    const row = await this.#db
      .selectFrom('account')
      .select([...columns, 'account.passwordHash'])
      .where('email', '=', email)
      .executeTakeFirst();
    return row === undefined ? undefined : { ...toAccount(row), passwordHash: row.passwordHash };
  }

  async admins(): Promise<readonly KnownAccount[]> {
    const rows = await this.#db
      .selectFrom('account')
      .select(columns)
      .where(isAdmin)
      .orderBy('email')
      .execute();
    return rows.map(toAccount);
  }

  /**
   * Changes it and begins a new generation, so that the tokens that were issued before can be revoked. Undefined when there is no
   * such account. @throws ProblemError 409 when no account could administer others any more.
   */
  async change(id: string, change: AccountChange, tx: Kysely<AuthTables>): Promise<KnownAccount | undefined> {
    const { roles, ...rest } = change;
    if (change.suspended === true || (roles !== undefined && !roles.includes('admin')))
      await keepAnAdmin(id, tx);
    const row = await tx
      .updateTable('account')
      .set((is) => ({
        ...rest,
        ...(roles === undefined ? {} : { roles: [...roles] }),
        generation: is('generation', '+', 1),
        revision: is('revision', '+', 1),
        updatedAt: is.fn('now'),
      }))
      .where('id', '=', id)
      .returning(columns)
      .executeTakeFirst();
    return row === undefined ? undefined : toAccount(row);
  }

  /** False when there was none any more. @throws ProblemError 409 as above. */
  async delete(id: string, tx: Kysely<AuthTables>): Promise<boolean> {
    await keepAnAdmin(id, tx);
    const { numDeletedRows } = await tx.deleteFrom('account').where('id', '=', id).executeTakeFirst();
    return numDeletedRows > 0n;
  }
}

const isAdmin = sql<boolean>`'admin' = any (account.roles)`;

/** Ids of those who can administer accounts now; other changes of them wait until this one is done. */
export async function lockAdmins(tx: Kysely<AuthTables>): Promise<readonly string[]> {
  const rows = await tx
    .selectFrom('account')
    .select('id')
    .where(isAdmin)
    .where('suspended', '=', false)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(({ id }) => id);
}

async function keepAnAdmin(id: string, tx: Kysely<AuthTables>): Promise<void> {
  const admins = await lockAdmins(tx);
  if (admins.length === 1 && admins[0] === id)
    throw conflict(
      'This is the last account that can administer others: make another one admin first.',
      'last-admin',
    );
}
