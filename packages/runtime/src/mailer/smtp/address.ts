/** What an `smtp://` address says. */
import { AddressError, checkAddress } from '../../address.ts';

/** A mail server, from `smtp://user@host:587` or `smtps://user@host:465`. */
export interface SmtpAddress {
  readonly host: string;
  readonly port: number;
  /** From the first byte, after STARTTLS, or not at all. */
  readonly tls: 'implicit' | 'starttls' | 'none';
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** For messages: `mail.example.com:587`. Never with a password. */
  readonly server: string;
}

/** Each with the port that it means without naming one. */
export const smtpSchemes = { 'smtp:': 587, 'smtps:': 465 } as const;

const FORM =
  'smtps://user@host:465 (TLS), smtp://user@host:587 (STARTTLS), or smtp://host:25?starttls=off for a server that has no TLS';

/**
 * TLS is required: with `smtp:` the server must offer STARTTLS. `?starttls=off` does without, and then no password goes over the
 * network: there is no user, or the server is on this machine.
 * @throws AddressError when the address is none of a mail server.
 */
export function smtpAddress(url: URL): SmtpAddress {
  checkAddress(url, { of: 'a mail server', form: FORM, parameters: ['starttls'] });
  const { protocol, host: server, username, password } = url;
  // IPv6 in brackets is for URLs alone.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const starttls = url.searchParams.get('starttls') ?? 'required';
  if (!['required', 'off'].includes(starttls) || (protocol === 'smtps:' && url.searchParams.has('starttls')))
    throw new AddressError(`starttls=${starttls} means nothing with ${protocol}//`, FORM);
  const tls = protocol === 'smtps:' ? 'implicit' : starttls === 'off' ? 'none' : 'starttls';
  if (tls === 'none' && username !== '' && !isLoopback(host))
    throw new AddressError(`without TLS the password for ${server} would cross the network`, FORM);
  if (username !== '' && password === '')
    throw new AddressError(`there is a user for ${server}, but no password: set MAILER_PASSWORD_FILE`);
  return {
    host,
    port: Number(url.port) || smtpSchemes[protocol as keyof typeof smtpSchemes],
    tls,
    user: username === '' ? undefined : decodeURIComponent(username),
    password: username === '' ? undefined : decodeURIComponent(password),
    server,
  };
}

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
