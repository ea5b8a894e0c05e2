/** What a `redis://` address says: where the server is, and under which names this system keeps its things there. */
import { AddressError, checkAddress } from '../address.ts';

/** A database and our prefix there, from `redis://user@host:6379/0?prefix=name`. */
export interface RedisAddress {
  /** For the driver, with user, password and number of the database; without our own parameters. */
  readonly url: string;
  /** For messages: `127.0.0.1:6379`. Never with a password. */
  readonly host: string;
  readonly database: number;
  /** Begins every key, so that several systems share a server. */
  readonly prefix: string;
}

/** Each with the port that it means without naming one. */
export const redisSchemes = { 'redis:': 6379, 'rediss:': 6379 } as const;

const FORM =
  'redis://user@host:6379/0, rediss:// for TLS, and ?prefix=name where several systems share a server';

/** @throws AddressError when the address is none of a Redis server. */
export function redisAddress(url: URL): RedisAddress {
  checkAddress(url, { of: 'Redis', form: FORM, parameters: ['prefix'], path: 'name' });
  const database = /^\/?(\d{0,5})\/?$/.exec(url.pathname)?.[1];
  if (database === undefined)
    throw new AddressError(`${url.protocol}//${url.host}${url.pathname} is not an address of Redis`, FORM);
  const prefix = url.searchParams.get('prefix') ?? 'hometrip';
  if (!/^[\w.-]{1,64}$/.test(prefix))
    throw new AddressError('the prefix of an address of Redis has up to 64 letters, digits, dots, _ and -');
  const plain = new URL(url);
  plain.search = '';
  return { url: plain.href, host: url.host, database: Number(database), prefix };
}
