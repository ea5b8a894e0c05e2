/** Memory-hard password hashes: argon2id with the first of OWASP's recommended settings, in the PHC string format. */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { createGate } from './gate.ts';

const hashAsync = promisify(argon2);
/**
 * A hash takes 19 MiB and a thread of Node's four for some 25 ms. Two at a time leave threads for files and names, and who
 * would wait much longer than a second is better told to come again.
 */
const gate = createGate({ running: 2, waiting: 64 });
const settings = { memory: 19456, passes: 2, parallelism: 1, tagLength: 32 };

export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const hash = await gate.run(() =>
    hashAsync('argon2id', { message: normalised(password), nonce, ...settings }),
  );
  return phc(nonce, hash);
}

/** False for a wrong password and for a text that is not one of our hashes. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(stored);
  if (match === null) return false;
  const [, memory, passes, parallelism, nonce = '', expected = ''] = match;
  const hash = Buffer.from(expected, 'base64');
  const actual = await gate.run(() =>
    hashAsync('argon2id', {
      message: normalised(password),
      nonce: Buffer.from(nonce, 'base64'),
      memory: Number(memory),
      passes: Number(passes),
      parallelism: Number(parallelism),
      tagLength: hash.length,
    }),
  );
  return timingSafeEqual(hash, actual);
}

/** Of no password: verified when there is no account, so that the answer takes as long as for a wrong password. */
export const decoyHash = phc(Buffer.alloc(16), Buffer.alloc(settings.tagLength));

function phc(nonce: Buffer, hash: Buffer): string {
  const { memory, passes, parallelism } = settings;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(nonce)}$${base64(hash)}`;
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

// The same password typed on two keyboards may come in two encodings.
const normalised = (password: string) => Buffer.from(password.normalize('NFKC'));
