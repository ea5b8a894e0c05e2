/**
 * A port is opened by URL; the scheme chooses the adapter. Each port has one explicit list of openers, and an adapter's
 * code is imported only when its scheme is asked for: a service on PostgreSQL never loads an AMQP client.
 */

export interface Opener<Adapter, Options> {
  /** Schemes without the colon: `['postgres', 'postgresql']`. */
  readonly schemes: readonly string[];
  load(): Promise<(url: string, options: Options) => Adapter | Promise<Adapter>>;
}

/** @throws Error that names the port, the setting at fault without its password, and the known schemes. */
export async function openAdapter<Adapter, Options>(
  port: string,
  url: string,
  openers: readonly Opener<Adapter, Options>[],
  options: Options,
): Promise<Adapter> {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  const opener = openers.find((candidate) => scheme !== undefined && candidate.schemes.includes(scheme));
  if (opener === undefined) {
    const known = openers.flatMap((candidate) => candidate.schemes).map((name) => `${name}:`);
    const found = scheme === undefined ? `“${url.slice(0, 40)}” is not a URL` : `“${scheme}:” is not known`;
    throw new Error(`Cannot open the ${port}: ${found}. Known schemes: ${known.join(', ')}.`);
  }
  const open = await opener.load();
  return await open(url, options);
}
