/** Headers of a request that follow from an earlier answer. */
import type { TestResponse } from './client.ts';

/** `If-Match` for a change of what was answered. @throws Error when the answer has no ETag. */
export const ifMatch = (response: TestResponse): { 'if-match': string } => ({ 'if-match': etag(response) });

/** `If-None-Match` for reading it again only when it has changed. @throws Error when the answer has no ETag. */
export const ifNoneMatch = (response: TestResponse): { 'if-none-match': string } => ({
  'if-none-match': etag(response),
});

/** The cookies that the answer set, as a browser would send them back to the same path. */
export function cookiesOf({ headers }: TestResponse): { cookie: string } {
  const pairs = headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '');
  return { cookie: pairs.join('; ') };
}

function etag({ status, headers }: TestResponse): string {
  const value = headers.get('etag');
  if (value === null) throw new Error(`The answer (${status}) has no ETag: its body has no revision.`);
  return value;
}
