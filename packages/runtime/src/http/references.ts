/** Which records the body of a request may refer to. */
import type { User } from '../auth/user.ts';

/** A rule for one of a route's `references`: see `ownedRecord`. */
export interface ReferenceRule {
  /** @param field Name of the field in the body, for problems. @throws ProblemError when the caller may not refer to that record. */
  check(reference: { readonly field: string; readonly id: string; readonly user: User }): Promise<void>;
}

/** One after the other, in the order of the declaration, so that the same request always gets the same problem. */
export async function checkReferences(
  rules: Readonly<Record<string, ReferenceRule>>,
  body: Readonly<Record<string, unknown>>,
  user: User,
): Promise<void> {
  for (const [field, rule] of Object.entries(rules)) {
    const id = body[field];
    if (typeof id === 'string') await rule.check({ field, id, user });
  }
}
