/**
 * The endpoints of operators on a port of their own, for a service whose port is open to clients.
 *
 * @setting OPERATIONS_PORT Port of `/health/*` and `/metrics`, on HOST; 0 takes any free one. PORT does not answer them then. Default: PORT.
 */
import { createServer, type RequestListener } from 'node:http';
import { bounds } from '../bounds.ts';
import { type Environment, readInteger, readSetting } from '../settings.ts';
import { bind } from './listen.ts';

type Endpoints = ReadonlyMap<string, RequestListener>;

/** What PORT and OPERATIONS_PORT answer; without the latter, `own` is undefined. */
export function dividedEndpoints(
  env: Environment,
  endpoints: Endpoints,
): { own: Endpoints | undefined; shared: Endpoints } {
  if (readSetting(env, 'OPERATIONS_PORT') === undefined) return { own: undefined, shared: endpoints };
  // The documentation is for clients.
  const shared = new Map([...endpoints].filter(([path]) => path === '/openapi.json'));
  return { own: endpoints, shared };
}

export interface Operations {
  readonly port: number;
  close(): void;
}

/** @throws SettingError when the port is not to be had. */
export async function openOperations(env: Environment, endpoints: Endpoints): Promise<Operations> {
  const port = readInteger(env, 'OPERATIONS_PORT', bounds.port);
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    const path = (request.url as string).split('?', 1)[0] as string;
    const endpoint = endpoints.get(path);
    if (endpoint === undefined) response.writeHead(404, { 'content-length': '0' }).end();
    else endpoint(request, response);
  });
  const { port: bound } = await bind(
    server,
    'OPERATIONS_PORT',
    readSetting(env, 'HOST') ?? '127.0.0.1',
    port,
  );
  return {
    port: bound,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
