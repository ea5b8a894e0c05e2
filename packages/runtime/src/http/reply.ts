/** What handlers return. */

/** What handlers return. */
export interface Reply<S extends number = number, T = unknown> {
  readonly status: S;
  readonly body: T;
  readonly headers: Readonly<Record<string, string>> | undefined;
}

/** A response that is not JSON. Its body is a string or bytes. */
export interface Content {
  readonly contentType: string;
}

/** Declares a response that is not JSON: `responses: { 200: content('text/html; charset=utf-8') }`. */
export const content = (contentType: string): Content => ({ contentType });

type Headers = Readonly<Record<string, string>>;

/** Any status, for those without a function of their own. */
export const reply = <const S extends number, T>(status: S, body: T, headers?: Headers): Reply<S, T> => ({
  status,
  body,
  headers,
});

/** 200. A body with a `revision` gets it as its ETag, and If-None-Match is answered with 304. */
export const ok = <T>(body: T, headers?: Headers): Reply<200, T> => ({ status: 200, body, headers });

/** 201. @param location Path of what was created: `/api/v1/wishlists/0198…`. */
export const created = <T>(body: T, location?: string): Reply<201, T> => ({
  status: 201,
  body,
  headers: location === undefined ? undefined : { location },
});

/** 202: taken, done later. */
export const accepted = <T>(body: T): Reply<202, T> => ({ status: 202, body, headers: undefined });

/** 204: done, nothing to say. */
export const noContent = (): Reply<204, undefined> => ({ status: 204, body: undefined, headers: undefined });
