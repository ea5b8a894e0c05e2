/**
 * Who really sent a request that came through proxies: TRUSTED_PROXIES.
 *
 * @setting TRUSTED_PROXIES Addresses, networks (`10.0.0.0/8`) or host names of the proxies in front, separated by commas; their
 * `X-Forwarded-*` headers are believed. Default: none.
 */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { Logger } from '../log.ts';
import { type Environment, readSetting, SettingError } from '../settings.ts';
import { isNetwork } from './network.ts';

const REFRESH_MS = 30_000;

/**
 * Addresses, networks (`10.0.0.0/8`) or host names of the proxies in front. What they say about the client is believed;
 * others could write what they like. No address is trusted by default.
 */
export class TrustedProxies {
  #trusted: BlockList | undefined;
  readonly #fixed: readonly string[];
  readonly #names: readonly string[];
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(env: Environment, log: Logger) {
    const items = (readSetting(env, 'TRUSTED_PROXIES') ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
    this.#log = log;
    this.#fixed = items.filter(isNetwork);
    this.#names = items.filter((item) => !this.#fixed.includes(item));
    const wrong = this.#names.find((name) => !/^[\w.-]+$/.test(name));
    if (wrong !== undefined)
      throw new SettingError(
        'TRUSTED_PROXIES',
        `TRUSTED_PROXIES has ${JSON.stringify(wrong)}: write addresses, networks like 10.0.0.0/8, or host names, separated by commas.`,
      );
    this.#trusted = blockList(this.#fixed);
    if (this.#names.length > 0) {
      void this.resolve();
      this.#timer = setInterval(() => void this.resolve(), REFRESH_MS).unref();
    }
  }

  /** Names are asked again from time to time: containers get new addresses. */
  async resolve(): Promise<void> {
    // Here, since most have no names to ask for, and it costs a process 8 ms at its start.
    const { lookup } = await import('node:dns/promises');
    const found = await Promise.all(
      this.#names.map((name) => lookup(name, { all: true }).catch(() => undefined)),
    );
    const missing = this.#names.filter((_, index) => found[index] === undefined);
    if (missing.length > 0) this.#log.warn({ missing }, 'trusted proxies have no address at the moment');
    // Nothing found at all is a name server that is away: the last addresses stay.
    if (missing.length === this.#names.length && this.#trusted !== undefined) return;
    this.#trusted = blockList([
      ...this.#fixed,
      ...found.flatMap((addresses) => (addresses ?? []).map(({ address }) => address)),
    ]);
  }

  trusts(address: string): boolean {
    const plain = withoutMapping(address);
    return this.#trusted?.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4') ?? false;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

function blockList(items: readonly string[]): BlockList | undefined {
  if (items.length === 0) return undefined;
  const list = new BlockList();
  for (const item of items) {
    const [address = '', bits] = item.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

const withoutMapping = (address: string): string =>
  address.startsWith('::ffff:') ? address.slice(7) : address;

/** Who sent a request, as far as the proxies in front are believed. */
export interface Client {
  readonly address: string;
  readonly proto: string;
  readonly host: string;
  /** Every hop that is known, for X-Forwarded-For. */
  readonly chain: string;
}

/** The rightmost address that is not a proxy of ours: everything left of it may be made up. */
export function clientOf({ socket, headers }: IncomingMessage, proxies: TrustedProxies): Client {
  const peer = withoutMapping(socket.remoteAddress ?? '');
  const host = headers.host ?? '';
  const proto = 'encrypted' in socket ? 'https' : 'http';
  if (!proxies.trusts(peer)) return { address: peer, proto, host, chain: peer };
  const forwarded = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((part) => withoutMapping(part.trim()))
    .filter((part) => isIP(part) !== 0);
  const last = forwarded.findLastIndex((address) => !proxies.trusts(address));
  const known = forwarded.slice(Math.max(0, last));
  const given = (name: string) => headers[name] as string | undefined;
  return {
    address: known[0] ?? peer,
    proto: given('x-forwarded-proto') === 'https' ? 'https' : proto,
    host: given('x-forwarded-host') ?? host,
    chain: [...known, peer].join(', '),
  };
}
