/** What a `postgres://` address may say. The library ignores what it does not know, and a misspelt `sslmode` with it. */
import { AddressError, checkAddress } from '../address.ts';

/** Each with the port that it means without naming one. */
export const postgresSchemes = { 'postgres:': 5432, 'postgresql:': 5432 } as const;

const FORM = 'postgres://user@host:5432/name, and ?sslmode=verify-full for TLS';

const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

/**
 * Those of node-postgres, and those of libpq that managed servers put into the addresses that they give out. Left out are
 * `user`, `password`, `dbname`: they would win over the user and the database of the address.
 */
const PARAMETERS = [
  'sslmode',
  'sslcert',
  'sslkey',
  'sslrootcert',
  'sslnegotiation',
  'ssl',
  'uselibpqcompat',
  'channel_binding',
  'gssencmode',
  'target_session_attrs',
  'application_name',
  'fallback_application_name',
  'client_encoding',
  'connect_timeout',
  'keepalives',
  'keepalives_idle',
  'keepalives_interval',
  'keepalives_count',
  'tcp_user_timeout',
  'options',
  'statement_timeout',
  'lock_timeout',
  'query_timeout',
  'idle_in_transaction_session_timeout',
];

/** Folders with sockets are named by a parameter, since an address without a host has no place for them. */
const LOCAL = ['host', 'port'];

/** @throws AddressError when the address is none of PostgreSQL. */
export function postgresAddress(url: URL): void {
  const isLocal = url.hostname === '' || /^%2f/i.test(url.hostname);
  checkAddress(url, {
    of: 'PostgreSQL',
    form: FORM,
    parameters: isLocal ? [...PARAMETERS, ...LOCAL] : PARAMETERS,
    path: 'name',
    ...(isLocal && { local: true }),
  });
  if (/^\/.+\/$/.test(url.pathname))
    throw new AddressError(
      `${url.protocol}//${url.host}${url.pathname} is not an address of PostgreSQL`,
      FORM,
    );
  const mode = url.searchParams.get('sslmode');
  if (mode !== null && !SSL_MODES.includes(mode))
    throw new AddressError(`sslmode in an address of PostgreSQL is one of ${SSL_MODES.join(', ')}`);
}

/** @throws AddressError when the address is none of a database of PostgreSQL. */
export function postgresDatabase(url: URL): void {
  postgresAddress(url);
  if (url.pathname.length <= 1)
    throw new AddressError(`${url.protocol}//${url.host} names no database`, FORM);
}
