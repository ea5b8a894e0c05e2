/** What a `consul://` address says. */
import { AddressError, checkAddress } from '../../address.ts';

/** An agent of Consul, from `consul://:token@host:8500`. */
export interface ConsulAddress {
  /** `http://consul:8500` */
  readonly origin: string;
  /** Of an access control list. */
  readonly token: string | undefined;
}

/** Each with the port that it means without naming one, as Consul's agent listens unless told otherwise. */
export const consulSchemes = { 'consul:': 8500, 'consul+https:': 8501 } as const;

const FORM = 'consul://host:8500, consul+https://host:8501, or consul://:token@host';

/** @throws AddressError when the address is none of Consul. */
export function consulAddress(url: URL): ConsulAddress {
  checkAddress(url, { of: 'Consul', form: FORM, parameters: [] });
  if (url.username !== '')
    throw new AddressError(
      `Consul knows tokens and no users, and a token is the password of an address`,
      FORM,
    );
  const port = url.port || consulSchemes[url.protocol as keyof typeof consulSchemes];
  return {
    origin: `${url.protocol === 'consul+https:' ? 'https' : 'http'}://${url.hostname}:${port}`,
    token: url.password === '' ? undefined : decodeURIComponent(url.password),
  };
}
