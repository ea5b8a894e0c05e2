/** Entity tags made of revisions (RFC 9110, section 13): `"7"`. */
import { badRequest, preconditionFailed } from './problem.ts';

export const etagOf = (revision: number): string => `"${revision}"`;

/** The revision that a reply's body carries, if it has one. */
export function revisionOf(body: unknown): number | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const revision = (body as { revision?: unknown }).revision;
  return typeof revision === 'number' ? revision : undefined;
}

/**
 * @returns undefined for an absent header and for `*`.
 * @throws ProblemError 412 for a tag that no revision has (weak ones never match), 400 for something that is no tag.
 */
export function parseIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header === '*') return undefined;
  const strong = /^"(\d{1,15})"$/.exec(header);
  if (strong !== null) return Number(strong[1]);
  if (/^(W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(header)) throw preconditionFailed();
  throw badRequest('If-Match must be one entity tag, as ETag gave it: "7".');
}

/** Weak comparison, as If-None-Match asks for. */
export function matchesIfNoneMatch(header: string, etag: string): boolean {
  if (header === etag || header === '*') return true;
  return header.includes(',') || header.startsWith('W/')
    ? header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
    : false;
}
