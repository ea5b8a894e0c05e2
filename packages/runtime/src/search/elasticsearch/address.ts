/** What an address of Elasticsearch says. */
import { checkAddress } from '../../address.ts';

/** A server, from `elasticsearch://user@host:9200` or `https://user@host/path`. */
export interface ElasticsearchAddress {
  /** `http://search:9200` */
  readonly origin: string;
  /** Of the server behind a proxy: `/search`, or nothing. */
  readonly prefix: string;
  readonly user: string;
  readonly password: string;
}

/** Each with the port that it means without naming one; `elasticsearch:` is plain HTTP. */
export const elasticsearchSchemes = { 'elasticsearch:': 9200, 'https:': 443 } as const;

const FORM = 'elasticsearch://user@host:9200 (plain HTTP), or https://user@host';

/** @throws AddressError when the address is none of Elasticsearch. */
export function elasticsearchAddress(url: URL): ElasticsearchAddress {
  checkAddress(url, { of: 'Elasticsearch', form: FORM, parameters: [], path: 'any' });
  const port = url.port || elasticsearchSchemes[url.protocol as keyof typeof elasticsearchSchemes];
  return {
    origin: `${url.protocol === 'https:' ? 'https' : 'http'}://${url.hostname}:${port}`,
    prefix: url.pathname.replace(/\/+$/, ''),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}
