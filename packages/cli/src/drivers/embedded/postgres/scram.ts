import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { BugError } from '../../../platform/errors.ts';

const derive = promisify(pbkdf2);
const ITERATIONS = 4096;

/**
 * What PostgreSQL keeps in `pg_authid` instead of a password (RFC 5803, RFC 7677):
 * `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`. Handing over this keeps the password itself out of
 * statements, and so out of logs and activity views.
 */
export async function scramVerifier(
  password: string,
  salt: Buffer = randomBytes(16),
  iterations = ITERATIONS,
): Promise<string> {
  // SASLprep (RFC 4013) changes nothing in printable ASCII, which is all that our generated passwords hold.
  if (!/^[\x21-\x7e]+$/.test(password))
    throw new BugError('passwords of the embedded server are printable ASCII without spaces');
  const salted = await derive(password, salt, iterations, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

/** Whether a stored verifier belongs to this password; false for other methods and for none. */
export async function verifies(stored: string | null, password: string): Promise<boolean> {
  const parts = /^SCRAM-SHA-256\$(\d+):([^$]+)\$[^:]+:.+$/.exec(stored ?? '');
  if (stored === null || parts === null) return false;
  const computed = await scramVerifier(password, Buffer.from(parts[2] ?? '', 'base64'), Number(parts[1]));
  return computed.length === stored.length && timingSafeEqual(Buffer.from(computed), Buffer.from(stored));
}
