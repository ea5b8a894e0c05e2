/** The Idempotency-Key of a request (draft-ietf-httpapi-idempotency-key-header). */
import type { User } from '../auth/user.ts';
import { badRequest } from '../http/problem.ts';

/** One or more printable ASCII characters: a UUID in most cases. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * Undefined: the client sent none. As the draft wants it, it is a string in quotes; most clients leave them out.
 * @throws ProblemError 400 for what is no key.
 */
export function idempotencyKeyOf(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const text = String(header);
  const quoted = /^"(.*)"$/.exec(text)?.[1];
  const key = quoted === undefined ? text : quoted.replaceAll(/\\(["\\])/g, '$1');
  if (KEY.test(key)) return key;
  throw badRequest(
    'Idempotency-Key takes up to 255 printable ASCII characters without blanks, such as a UUID.',
    'invalid-idempotency-key',
  );
}

export function callerOf(user: User | undefined): string {
  if (user === undefined) return '';
  return `${user.roles.includes('service') ? 'service' : 'user'} ${user.id}`;
}
