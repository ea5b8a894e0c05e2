import { createServer } from 'node:net';

/** Node's own, which debuggers look at first. */
const FIRST = 9229;
const LAST = FIRST + 100;

/** The first free ports from Node's own on, one for each; they stay the same over replacements, so that a debugger finds them again. */
export async function debuggerPorts(services: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const ports: Record<string, number> = {};
  let next = FIRST;
  for (const service of services) {
    while (next < LAST && !(await isFree(next))) next += 1;
    ports[service] = next;
    next += 1;
  }
  return ports;
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
