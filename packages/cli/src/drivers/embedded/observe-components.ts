import type { Stack } from '../../model/stack.ts';
import type { Instance, ObservedComponent } from '../driver.ts';
import { EDGE, POSTGRES } from '../../model/own-processes.ts';
import { EXTERNAL, embeddedDatabases, isOnServer, isRun, providerOf } from './substitutes.ts';

interface ServerState {
  readonly state: 'starting' | 'ready' | 'failed' | undefined;
  readonly pid: number | undefined;
  readonly port: number | undefined;
}

/** The components of the stack by what stands in for them, and what the driver adds: the server and the edge. */
export function observeComponents(
  stack: Stack,
  server: ServerState,
  edge: Instance | undefined,
): ObservedComponent[] {
  const needsServer = embeddedDatabases(stack).length > 0;
  const serverState: ObservedComponent['state'] = server.state ?? 'absent';
  const edgeState: ObservedComponent['state'] =
    edge === undefined
      ? 'absent'
      : edge.state === 'ready'
        ? 'ready'
        : edge.state === 'starting'
          ? 'starting'
          : 'failed';
  const listed = stack.components.map((component): ObservedComponent => {
    const { name, embedded, external } = component;
    const provider = providerOf(component);
    if (external !== undefined) return { name, state: 'ready', provider, pid: undefined, port: undefined };
    if (!isRun(component)) return { name, state: 'absent', provider, pid: undefined, port: undefined };
    if (embedded === 'edge') return { name, state: edgeState, provider, pid: edge?.pid, port: edge?.port };
    if (!isOnServer(component)) return { name, state: 'ready', provider, pid: undefined, port: undefined };
    return { name, state: serverState, provider, pid: server.pid, port: server.port };
  });
  const own: ObservedComponent[] = [
    { name: EDGE, state: edgeState, provider: 'hometrip edge', pid: edge?.pid, port: edge?.port },
    ...(needsServer && !listed.some(({ name, provider }) => name === POSTGRES && provider !== EXTERNAL)
      ? [
          {
            name: POSTGRES,
            state: serverState,
            provider: 'embedded PostgreSQL',
            pid: server.pid,
            port: server.port,
          },
        ]
      : []),
  ];
  return [...listed, ...own.filter(({ name }) => name !== EDGE || stack.services.length > 0)];
}
