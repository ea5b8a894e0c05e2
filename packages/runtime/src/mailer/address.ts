import { domainToASCII } from 'node:url';

/** `ann@example.com`, or with the name that mail programs show. Never a list, and no `Ann <ann@…>`: names are given apart. */
export type MailAddress = string | { readonly name?: string | undefined; readonly address: string };

/** An address with the name that mail programs show, which may be empty. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/**
 * What mail servers take in practice: the dot-atoms of RFC 5322 and RFC 6531, without quoted local parts, comments and address
 * literals, which are used to smuggle more often than to write to somebody.
 */
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const DOMAIN =
  /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** Control characters, line separators, and what changes the direction of text. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** @throws TypeError saying why, without the address itself. The domain comes back in ASCII. */
export function parseAddress(value: MailAddress, what: string): Mailbox {
  const { address, name = '' } = typeof value === 'string' ? { address: value } : value;
  if (typeof address !== 'string' || typeof name !== 'string')
    throw new TypeError(`${what} is not an address: it must be a text, or { name, address }`);
  const at = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, at), domainToASCII(address.slice(at + 1))];
  if (at < 1 || !LOCAL.test(local) || Buffer.byteLength(local) > 64 || !DOMAIN.test(domain))
    throw new TypeError(
      `${what} is not an address: it must look like ann@example.com; a name is given apart, and several addresses as a list`,
    );
  return { name: singleLine(name), address: `${local}@${domain}` };
}

/** `HomeTrip <mail@example.com>`, as settings have it. @throws TypeError */
export function parseSender(text: string, what: string): Mailbox {
  const named = /^\s*(?:"([^"\\]*)"|([^"<>]*?))\s*<([^<>]*)>\s*$/.exec(text);
  const [, quoted, plain, address] = named ?? [];
  return parseAddress({ name: quoted ?? plain, address: address ?? text.trim() }, what);
}

/** Text for a header: a line break there would begin another one, so it becomes a space. */
export const singleLine = (text: string): string =>
  text.replace(UNPRINTABLE, ' ').replace(/ {2,}/g, ' ').trim();
