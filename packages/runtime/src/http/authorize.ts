/** Which of the users who pass a route's `auth` may have the record that it is about. */
import { requireOwner, type User } from '../auth/user.ts';

/** A rule for `authorize` of a route: see `ownedBy`. */
export interface Ownership<Holder extends string = string> {
  /** Fields of the record, each with the id of a user or a list of ids. */
  readonly holders: readonly Holder[];
  /** The status for everyone else. */
  readonly otherwise: 403 | 404;
}

/**
 * The route is open to the users whom the record names, to admins and to other services: `authorize: ownedBy('owner')`.
 * @param holder The field that holds the owner, or several: each the id of a user or a list of ids.
 * @param options `otherwise`: the status for everyone else. 404, the default, hides that the record exists, so that ids cannot be
 * probed; 403 is for records that they may read on another route.
 */
export function ownedBy<const Holder extends string>(
  holder: Holder | readonly Holder[],
  { otherwise = 404 }: { readonly otherwise?: 403 | 404 | undefined } = {},
): Ownership<Holder> {
  return { holders: typeof holder === 'string' ? [holder] : holder, otherwise };
}

/** @throws ProblemError 404 or 403, as the rule says. */
export function requireOwnership(
  { holders, otherwise }: Ownership,
  record: Readonly<Record<string, string | readonly string[] | null | undefined>>,
  user: User | undefined,
): void {
  requireOwner(
    user,
    holders.flatMap((field) => record[field] ?? []),
    { otherwise },
  );
}
