/** What an `amqp://` address says: where the broker is, and what is ours there. */
import { AddressError, checkAddress } from '../../address.ts';

/** A broker and our exchange there, from `amqp://user@host:5672/vhost?exchange=name`. */
export interface AmqpAddress {
  /** For the library, with user, password and virtual host; without our own parameters. */
  readonly url: URL;
  /** Also begins the names of all queues. */
  readonly exchange: string;
}

/** Each with the port that it means without naming one. */
export const amqpSchemes = { 'amqp:': 5672, 'amqps:': 5671 } as const;

const FORM =
  'amqp://user@host:5672/vhost, amqps:// for TLS, and ?exchange=name where several systems share a virtual host';

/**
 * Names of queues follow from it, with that of a service or of an instance, and AMQP keeps 255 bytes. `amq.` is the broker's.
 * @see AMQP 0-9-1, exchange.declare, domain exchange-name
 */
const EXCHANGE = /^(?!amq\.)[A-Za-z0-9_.:-]{1,100}$/;

/** @throws AddressError when the address is none of a broker. */
export function amqpAddress(url: URL): AmqpAddress {
  checkAddress(url, { of: 'a broker', form: FORM, parameters: ['exchange'], path: 'name' });
  if (/^\/.+\/$/.test(url.pathname))
    throw new AddressError(`${url.protocol}//${url.host}${url.pathname} is not an address of a broker`, FORM);
  const exchange = url.searchParams.get('exchange') ?? 'events';
  if (!EXCHANGE.test(exchange))
    throw new AddressError(
      'the exchange of an address of a broker has up to 100 letters, digits and any of . _ : -, and does not begin with amq.',
    );
  const plain = new URL(url);
  plain.search = '';
  return { url: plain, exchange };
}
