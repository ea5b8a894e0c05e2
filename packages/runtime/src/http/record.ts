/** What a route is about, and whether it is the caller's business. */
import { ownedBy, type User } from '../auth/user.ts';
import { notFound } from './problem.ts';
import type { Route } from './route.ts';

/** @throws ProblemError 404, or 403 for what everybody may read. */
export async function recordOf(
  { record: find, mine, readable }: Route,
  request: { readonly params: unknown; readonly user: User | undefined },
): Promise<unknown> {
  if (find === undefined) return undefined;
  const record = await find(request);
  // What is not there and what is somebody else's must look the same.
  if (record === undefined || record === null) throw notFound();
  if (mine.length > 0) {
    const holders = mine.flatMap(
      (field) => (record as Record<string, string | readonly string[]>)[field] ?? [],
    );
    ownedBy(request.user, holders, { readable });
  }
  return record;
}
