/**
 * What the addresses of all servers have in common. What only one kind of server knows is said beside its adapter, in an
 * `address.ts` of its own; all of them are in `addresses.ts`. Messages never repeat a user, a password or a parameter's value.
 */

/** What one kind of server takes. */
export interface AddressForm {
  /** For messages: `Redis`. */
  readonly of: string;
  /** Examples, for people. */
  readonly form: string;
  /** Names of the parameters that mean something, in any order and at most once each. */
  readonly parameters: readonly string[];
  /** Those that may be there several times. */
  readonly repeated?: readonly string[];
  /** What may follow the host: nothing, one name without a slash, or any path. Default: nothing. */
  readonly path?: 'none' | 'name' | 'any';
  /** Several hosts, separated by commas. */
  readonly several?: true;
  /** The host may be missing, or a folder with sockets. */
  readonly local?: true;
}

/** An address is none of the server that it is for. The message holds no user, no password and no parameter's value. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
  readonly reason: string;
  /** What to write instead. */
  readonly form: string | undefined;
  constructor(reason: string, form?: string) {
    super(form === undefined ? reason : `${reason}: write ${form}`);
    this.reason = reason;
    this.form = form;
  }
}

/**
 * Text → URL. As `new URL`, except that an address of MongoDB may name several hosts, each with its port: by the rules of URLs
 * only the last one has one, so that the others are encoded, and `hostsOf` reads them again.
 * @throws AddressError that completes “the address …”, without the text itself.
 */
export function parseUrl(text: string): URL {
  const encoded = text.replace(
    SEVERAL_HOSTS,
    (_, before: string, hosts: string) => before + encodeHosts(hosts),
  );
  if (!URL.canParse(encoded)) throw new AddressError('is not a URL', 'scheme://user@host:port/name');
  const url = new URL(encoded);
  // A password of a setting's own takes the place of this one, but only where it can be read.
  if (!isReadable(url))
    throw new AddressError('has a % that begins no code such as %40', '%25 for the sign itself');
  return url;
}

const isReadable = ({ username, password, pathname }: URL): boolean =>
  [username, password, pathname].every(isEncoded);

/** Up to the last `@`, as URLs are read: then hosts with a comma between them. */
const SEVERAL_HOSTS = /^(mongodb:\/\/(?:[^/?#]*@)?)([^/?#@]*,[^/?#@]*)/i;

function encodeHosts(hosts: string): string {
  const [last = '', ...others] = hosts.split(',').reverse();
  return [...others.reverse().map((host) => encodeURIComponent(decoded(host))), last].join(',');
}

/** `[a:27017, b:27018]`, as they were written. */
export const hostsOf = ({ host }: URL): readonly string[] => host.split(',').map(decoded);

/** For messages: `a:27017,b:27018`. */
export const hostOf = (url: URL): string => hostsOf(url).join(',');

/**
 * Refuses what would be ignored, or mean something else to the server's library.
 * @throws AddressError
 */
export function checkAddress(
  url: URL,
  { of, form, parameters, path = 'none', several, local, repeated = [] }: AddressForm,
): void {
  const { protocol, pathname } = url;
  const fail = (reason: string): never => {
    throw new AddressError(reason, form);
  };
  const fits = { none: /^\/?$/, name: /^\/?[^/]*\/?$/, any: /^/ }[path].test(pathname);
  const hosts = several === true ? hostsOf(url) : [url.host];
  const reachable = hosts.every((host) => HOST.test(host));
  // An unencoded slash in a password makes the rest of it a path.
  const shown = `${protocol}//${hosts.join(',')}${pathname.includes('@') ? '/…' : pathname}`;
  if (!fits || (!reachable && local !== true)) fail(`${shown} is not an address of ${of}`);
  if (url.hash !== '' || url.href.endsWith('#'))
    fail(`addresses of ${of} have no #; in a password it is %23`);
  if (!isReadable(url)) fail(`an address of ${of} has a % that begins no code such as %40`);
  const names = [...url.searchParams.keys()];
  const unknown = names.find((name) => !parameters.includes(name));
  if (unknown !== undefined) fail(`addresses of ${of} have no parameter “${unknown}”`);
  const twice = names.find((name, index) => names.indexOf(name) < index && !repeated.includes(name));
  if (twice !== undefined) fail(`the parameter “${twice}” is there twice`);
}

/** A name or an IPv4 address, or an IPv6 address in brackets; then its port. */
const HOST = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?|\[[0-9A-Fa-f:.]+\])(?::[1-9]\d{0,4})?$/;

/** Whether it can be decoded: `%4` and a `%` alone cannot. */
function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

const decoded = (text: string): string => (isEncoded(text) ? decodeURIComponent(text) : text);
