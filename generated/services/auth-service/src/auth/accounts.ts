import { randomUUIDv7 } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import { Role, type Account } from './schema.ts';
import type { AuthTables } from './tables.ts';

export const accountColumns = [
  'account.id',
  'account.email',
  'account.displayName',
  'account.roles',
  'account.revision',
  'account.createdAt',
  'account.updatedAt',
] as const;

export type AccountRow = Pick<
  Selectable<AuthTables['account']>,
  'id' | 'email' | 'displayName' | 'roles' | 'revision' | 'createdAt' | 'updatedAt'
>;

export const toAccount = (row: AccountRow): Account => ({ ...row, roles: Role.array().parse(row.roles) });

export class Accounts {
  readonly #db: Kysely<AuthTables>;

  constructor(db: Kysely<AuthTables>) {
    this.#db = db;
  }

  /** Undefined when the address has an account already. `tx` joins the caller's transaction. */
  async create(
    values: { email: string; displayName: string; passwordHash: string },
    tx: Kysely<AuthTables> = this.#db,
  ): Promise<Account | undefined> {
    const row = await tx
      .insertInto('account')
      .values({ id: randomUUIDv7(), ...values })
      .onConflict((conflict) => conflict.column('email').doNothing())
      .returning(accountColumns)
      .executeTakeFirst();
    return row === undefined ? undefined : toAccount(row);
  }

  async get(id: string): Promise<Account | undefined> {
    const row = await this.#db
      .selectFrom('account')
      .select(accountColumns)
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? undefined : toAccount(row);
  }

  async findForSignIn(
    email: string,
  ): Promise<{ account: Account; passwordHash: string; suspended: boolean } | undefined> {
    const row = await this.#db
      .selectFrom('account')
      .select([...accountColumns, 'account.passwordHash', 'account.suspended'])
      .where('email', '=', email)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const { passwordHash, suspended, ...account } = row;
    return { account: toAccount(account), passwordHash, suspended };
  }

  async setPassword(id: string, passwordHash: string, tx: Kysely<AuthTables> = this.#db): Promise<void> {
    await tx
      .updateTable('account')
      .set((is) => ({ passwordHash, revision: is('revision', '+', 1), updatedAt: is.fn('now') }))
      .where('id', '=', id)
      .execute();
  }

  async setRoles(id: string, roles: readonly Role[]): Promise<Account | undefined> {
    const row = await this.#db
      .updateTable('account')
      .set((is) => ({ roles: [...roles], revision: is('revision', '+', 1), updatedAt: is.fn('now') }))
      .where('id', '=', id)
      .returning(accountColumns)
      .executeTakeFirst();
    return row === undefined ? undefined : toAccount(row);
  }

  /** False when there was none any more. */
  async delete(id: string, tx: Kysely<AuthTables> = this.#db): Promise<boolean> {
    const { numDeletedRows } = await tx.deleteFrom('account').where('id', '=', id).executeTakeFirst();
    return numDeletedRows > 0n;
  }
}
