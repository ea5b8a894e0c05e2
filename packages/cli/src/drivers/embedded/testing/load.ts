/** Callers that never pause, over kept-alive connections: whoever drops a request while instances come and go is found out. */
import { watch } from 'node:fs';
import { Agent, request } from 'node:http';
import { dirname } from 'node:path';
import { readRegistry } from '../state-files.ts';

export interface Load {
  /** Requests answered so far. */
  readonly count: number;
  /** Answers by instance. */
  readonly byInstance: ReadonlyMap<string, number>;
  readonly failures: readonly string[];
  /** Resolves when this many more were answered. */
  more(requests: number): Promise<void>;
  stop(): Promise<void>;
}

/** Through one address, as users of a gateway do. */
export const loadUrl = (url: string, callers = 8): Load => {
  const { hostname, port } = new URL(url);
  return run(() => ({ host: hostname, port: Number(port) }), callers);
};

/** Through the registry, as services call each other: it is watched, and each request goes to the next instance. */
export function loadRegistry(registryFile: string, service: string, callers = 8): Load {
  let document = readRegistry(registryFile);
  const watcher = watch(dirname(registryFile), () => {
    document = readRegistry(registryFile) ?? document;
  });
  let turn = 0;
  const load = run(() => {
    const entries = document?.services[service] ?? [];
    return entries[turn++ % entries.length] ?? { host: '127.0.0.1', port: 1 };
  }, callers);
  return {
    ...pick(load),
    stop: async () => {
      await load.stop();
      watcher.close();
    },
  };
}

function run(choose: () => { host: string; port: number }, callers: number): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const byInstance = new Map<string, number>();
  const failures: string[] = [];
  let count = 0;
  let stopped = false;
  const waiting: { at: number; resolve: () => void }[] = [];
  async function call(): Promise<void> {
    while (!stopped) {
      try {
        const { instance } = JSON.parse(await get(agent, choose())) as { instance: string };
        byInstance.set(instance, (byInstance.get(instance) ?? 0) + 1);
        count += 1;
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      for (const one of waiting.filter(({ at }) => count >= at)) one.resolve();
    }
  }
  const calls = Array.from({ length: callers }, call);
  return {
    get count() {
      return count;
    },
    byInstance,
    failures,
    more: (requests) => new Promise((resolve) => waiting.push({ at: count + requests, resolve })),
    async stop() {
      stopped = true;
      await Promise.all(calls);
      agent.destroy();
    },
  };
}

/** With its getter alive. */
const pick = (load: Load): Load => ({
  get count() {
    return load.count;
  },
  byInstance: load.byInstance,
  failures: load.failures,
  more: (requests) => load.more(requests),
  stop: () => load.stop(),
});

function get(agent: Agent, target: { host: string; port: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ agent, host: target.host, port: target.port, path: '/' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () =>
        response.statusCode === 200
          ? resolve(text)
          : reject(new Error(`status ${response.statusCode}: ${text}`)),
      );
    });
    call.on('error', reject);
    call.end();
  });
}
