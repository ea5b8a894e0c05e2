/** Servers that several services, or several systems, use at once: what each calls its own there. */

/**
 * The address of what is ours on a server, from the address of the server: our database, with our role where it has one, or
 * our prefix or exchange. What the address says itself wins where it is ours to say (`?prefix=`, `?exchange=`).
 * @returns undefined for a scheme that knows no such thing.
 */
export function withinServer(server: URL, namespace: string): URL | undefined {
  const url = new URL(server);
  switch (url.protocol) {
    case 'postgres:':
    case 'postgresql:':
      url.username = namespace;
      // The server's user has another one, and it is not ours to know.
      url.password = '';
      url.pathname = `/${namespace}`;
      return url;
    case 'mongodb:':
    case 'mongodb+srv:':
      // The user stays that of the address, and is known where the address said, not in our database.
      if (url.username !== '' && !url.searchParams.has('authSource'))
        url.searchParams.set('authSource', decodeURIComponent(url.pathname.slice(1)) || 'admin');
      url.pathname = `/${namespace}`;
      return url;
    case 'redis:':
    case 'rediss:':
      return withDefault(url, 'prefix', namespace);
    case 'amqp:':
    case 'amqps:':
      return withDefault(url, 'exchange', namespace);
    default:
      return undefined;
  }
}

function withDefault(url: URL, parameter: string, value: string): URL {
  if (!url.searchParams.has(parameter)) url.searchParams.set(parameter, value);
  return url;
}
