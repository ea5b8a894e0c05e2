import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Instance, Registry } from '../registry/index.ts';
import { registeredElsewhere } from '../registry/port.ts';

/** A registry for tests whose content one sets. */
export function fakeRegistry(
  instances: readonly Instance[] = [],
): Registry & { current: readonly Instance[] } {
  return {
    current: instances,
    async instances() {
      return this.current;
    },
    watch: () => () => undefined,
    register: registeredElsewhere,
    close: async () => undefined,
  };
}

export interface TestInstance extends Instance {
  readonly server: Server;
  readonly requests: IncomingMessage[];
  close(): Promise<void>;
}

/** A real server on a free port. */
export async function listen(
  instance: string,
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) =>
    response.end(instance),
): Promise<TestInstance> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  };
  return { instance, host: '127.0.0.1', port, server, requests, close };
}
