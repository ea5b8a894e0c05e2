import { type HolderOf, isAdmin, isService, names } from '../auth/user.ts';
import { ProblemError } from '../http/problem.ts';
import type { ReferenceRule } from '../http/references.ts';
import type { Repository } from './port.ts';
import { unknownReference } from './violations.ts';

type Records<T> = Pick<Repository<T>, 'get'>;

/**
 * A rule for `references` of a route: the body may refer only to records that the caller owns, otherwise 403 `foreign-reference`.
 * Admins and other services may refer to any record; a reference to a record that does not exist is refused for every caller, with
 * 422 `unknown-reference`, as a foreign key would do it. That the two differ gives nothing away: ids are random.
 * @param options `by`: fields of the referenced record that hold its owners, each the id of a user or a list of ids; default `owner`.
 */
export function ownedRecord<T extends { readonly owner: string | readonly string[] | null }>(
  records: Records<T>,
): ReferenceRule;
export function ownedRecord<T extends object>(
  records: Records<T>,
  options: { readonly by: HolderOf<NoInfer<T>> | readonly HolderOf<NoInfer<T>>[] },
): ReferenceRule;
export function ownedRecord(
  records: Records<Readonly<Record<string, unknown>>>,
  { by = 'owner' }: { readonly by?: string | readonly string[] } = {},
): ReferenceRule {
  const holders = typeof by === 'string' ? [by] : by;
  return {
    async check({ field, id, user }) {
      const record = await records.get(id);
      if (record === undefined) throw unknownReference([field]);
      if (isAdmin(user) || isService(user)) return;
      if (holders.some((holder) => names(record[holder], user.id))) return;
      throw new ProblemError({
        status: 403,
        code: 'foreign-reference',
        detail: `${field} refers to something that is not yours.`,
        errors: [
          { path: `body.${field}`, message: 'refers to something that is not yours', code: 'not_owned' },
        ],
      });
    },
  };
}
