import { type HolderOf, isAdmin, isService, names, type User } from '../auth/user.ts';
import { ProblemError } from '../http/problem.ts';
import type { Repository } from './port.ts';
import { unknownReference } from './violations.ts';

/**
 * Refuses a body that refers to a record of somebody else: 403 `foreign-reference`. Admins and other services may refer
 * to any record; a reference to nothing is refused for everybody, with 422 `unknown-reference`, as a foreign key would
 * do it. The two can be told apart, which tells nobody anything: ids are random, and whoever has one was given it.
 * @param field The reference in the body. Absent or null there, it refers to nothing that would have to be asked about.
 * @param holders Fields of the referenced record that hold users, each an id or a list of ids; one of them must name the caller.
 */
export async function ownReference<T extends object, K extends string>(
  user: User,
  body: { readonly [name in NoInfer<K>]?: string | null | undefined },
  field: K,
  holders: readonly HolderOf<NoInfer<T>>[],
  repository: Pick<Repository<T>, 'get'>,
): Promise<void> {
  const id = body[field];
  if (id === undefined || id === null) return;
  const record = await repository.get(id);
  if (record === undefined) throw unknownReference([field]);
  if (isAdmin(user) || isService(user)) return;
  if (holders.some((holder) => names(record[holder], user.id))) return;
  throw new ProblemError({
    status: 403,
    code: 'foreign-reference',
    detail: `${field} refers to something that is not yours.`,
    errors: [{ path: `body.${field}`, message: 'refers to something that is not yours', code: 'not_owned' }],
  });
}
