/** What a route is about, once it is known that the caller may have it. */
import type { User } from '../auth/user.ts';
import { requireOwnership } from './authorize.ts';
import { notFound } from './problem.ts';
import type { Route } from './route.ts';

/** @throws ProblemError 404, or 403 where the route's `authorize` says so. */
export async function recordOf(
  { record: find, authorize }: Route,
  request: { readonly params: unknown; readonly user: User | undefined },
): Promise<unknown> {
  if (find === undefined) return undefined;
  const record = await find(request);
  // A record that does not exist and a private one of another owner must look the same.
  if (record === undefined || record === null) throw notFound();
  if (authorize !== undefined) requireOwnership(authorize, record as {}, request.user);
  return record;
}
