/** What a `redis://` address says: where the server is, and under which names this system keeps its things there. */

export interface RedisAddress {
  /** For the driver, with user, password and number of the database; without our own parameters. */
  readonly url: string;
  /** For messages: `127.0.0.1:6379`. Never with a password. */
  readonly host: string;
  readonly database: number;
  /** Begins every key, so that several systems share a server. */
  readonly prefix: string;
}

const FORM =
  'redis://user@host:6379/0, rediss:// for TLS, and ?prefix=name where several systems share a server';

/** @throws Error when the address is none of a Redis server. */
export function redisAddress(url: URL): RedisAddress {
  const database = /^\/?(\d{0,5})\/?$/.exec(url.pathname)?.[1];
  if (database === undefined || url.hostname === '')
    throw new Error(`${url.protocol}//${url.host}${url.pathname} is not an address of Redis: write ${FORM}`);
  const unknown = [...url.searchParams.keys()].find((name) => name !== 'prefix');
  if (unknown !== undefined)
    throw new Error(`addresses of Redis have no parameter “${unknown}”: write ${FORM}`);
  const prefix = url.searchParams.get('prefix') ?? 'hometrip';
  if (!/^[\w.-]{1,64}$/.test(prefix))
    throw new Error('the prefix of an address of Redis has up to 64 letters, digits, dots, _ and -');
  const plain = new URL(url);
  plain.search = '';
  return { url: plain.href, host: url.host, database: Number(database), prefix };
}
