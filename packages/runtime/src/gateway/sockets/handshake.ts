/** Who may open a socket. */
import type { IncomingMessage } from 'node:http';
import { decodeJwt } from 'jose';
import type { User } from '../../auth/user.ts';
import { forbidden, unauthorized } from '../../http/problem.ts';
import type { Platform } from '../../platform.ts';
import { type AllowedOrigins, isSameOrigin } from '../origins.ts';

export const PROTOCOL = 'hometrip.v1';
const TOKEN_PREFIX = 'bearer.';
const RESUME_PREFIX = 'resume.';

export interface Session {
  readonly user: User;
  /** Of the token, epoch milliseconds. */
  readonly expiresAt: number;
  /** The header that was verified. */
  readonly authorization: string;
}

export interface Admitted extends Session {
  /** Where the client was, if it says so. */
  readonly after: string | undefined;
}

/**
 * By the Authorization header, or, since browsers cannot set one, by a subprotocol: `hometrip.v1, bearer.<token>`. Never by the
 * address: addresses are logged. A client that comes back adds `resume.<position>`, the position of its last message.
 * @throws ProblemError 401, 403 for a page of another site, 503 when tokens cannot be verified.
 */
export async function admit(
  { headers }: IncomingMessage,
  platform: Platform,
  origins: AllowedOrigins,
): Promise<Admitted> {
  const { origin } = headers;
  if (origin !== undefined && !isSameOrigin(headers) && !origins.has(origin))
    throw forbidden(`Pages of ${origin} may not open sockets here: CORS_ORIGINS does not name it.`);
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
  const find = (prefix: string) =>
    offered.find((protocol) => protocol.startsWith(prefix))?.slice(prefix.length);
  const token = find(TOKEN_PREFIX);
  const session = await sessionOf(token === undefined ? headers.authorization : `Bearer ${token}`, platform);
  return { ...session, after: find(RESUME_PREFIX) };
}

/** @throws ProblemError as above. */
export async function sessionOf(authorization: string | undefined, platform: Platform): Promise<Session> {
  const user = await platform.authenticate(authorization);
  if (user === undefined) throw unauthorized();
  // Verified above, with a time of expiry among what is required.
  const verified = authorization as string;
  const { exp = 0 } = decodeJwt(verified.slice('Bearer '.length).trim());
  return { user, expiresAt: exp * 1000, authorization: verified };
}
