/** The command line and a project, as a user has them. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProcesses, stackId } from '../../packages/cli/src/drivers/embedded/processes.ts';
import { stateDir } from '../../packages/cli/src/platform/state-dir.ts';

const root = new URL('../..', import.meta.url).pathname;

export interface Ran {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TestProject extends AsyncDisposable {
  readonly root: string;
  hometrip(...args: string[]): Promise<Ran>;
  /** Result line of a command that streams events with --json. */
  result<T>(...args: string[]): Promise<T>;
  read(path: string): string;
  remove(path: string): void;
  /** Replaces `from`, which must be there, by `to`. */
  edit(path: string, from: string, to: string): void;
}

/**
 * A fresh folder with the repository's services.yaml, or with `spec`. Disposing stops what runs there and removes it.
 * @param variables For commands, besides those of this process.
 * @param name Beginning of the folder's name.
 */
export function createProject(
  spec?: string,
  variables: Readonly<Record<string, string>> = {},
  name = 'hometrip-e2e-',
): TestProject {
  const folder = mkdtempSync(join(tmpdir(), name));
  if (spec === undefined) cpSync(join(root, 'services.yaml'), join(folder, 'services.yaml'));
  else writeFileSync(join(folder, 'services.yaml'), spec);
  const hometrip = (...args: string[]): Promise<Ran> =>
    new Promise((resolve) => {
      const { VITEST: _, ...env } = process.env;
      const file = join(root, 'packages/cli/bin/hometrip.js');
      const options = {
        cwd: folder,
        env: { ...env, NODE_ENV: 'production', ...variables },
        maxBuffer: 64 * 2 ** 20,
      };
      const child = execFile(process.execPath, [file, ...args], options, (_error, stdout, stderr) =>
        resolve({ exitCode: child.exitCode ?? undefined, stdout: stdout.trimEnd(), stderr }),
      );
      child.stdin?.end();
    });
  return {
    root: folder,
    hometrip,
    async result(...args) {
      const { exitCode, stdout, stderr } = await hometrip(...args, '--json');
      if (exitCode !== 0)
        throw new Error(
          `hometrip ${args.join(' ')} ended with ${exitCode}:\n${stderr}\n${stdout.slice(-3000)}`,
        );
      return JSON.parse(stdout.split('\n').at(-1) ?? '');
    },
    remove: (path) => rmSync(join(folder, path)),
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    edit(path, from, to) {
      const text = readFileSync(join(folder, path), 'utf8');
      if (!text.includes(from)) throw new Error(`${path} does not contain ${JSON.stringify(from)}:\n${text}`);
      writeFileSync(
        join(folder, path),
        text.replace(from, () => to),
      );
    },
    async [Symbol.asyncDispose]() {
      const { exitCode, stderr } = await hometrip('down');
      // Whatever went wrong, nothing stays behind on the machine.
      const left = await findProcesses(stackId(stateDir(folder).root));
      for (const { pid } of left) process.kill(pid, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`down (${exitCode}) left ${left.length} processes: ${stderr}`);
    },
  };
}

/** JSON over HTTP, as a client developer sees it. */
export function client(base: string, token?: string) {
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const send = () =>
      fetch(`${base}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    let response = await send();
    // A well-behaved client waits as long as it is told; a fast machine signs people up faster than the limit allows.
    for (let attempt = 0; response.status === 429 && attempt < 20; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, Number(response.headers.get('retry-after')) * 1000));
      response = await send();
    }
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : (parse(text) as any),
    };
  };
  return {
    get: (path: string, headers?: Record<string, string>) => call('GET', path, undefined, headers),
    post: (path: string, body: unknown) => call('POST', path, body),
    put: (path: string, body?: unknown) => call('PUT', path, body),
    patch: (path: string, body: unknown, headers?: Record<string, string>) =>
      call('PATCH', path, body, headers),
    delete: (path: string) => call('DELETE', path),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Waits for a condition, looking every 50 ms. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  limitMs = 20_000,
): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`${what}: not within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export interface Load {
  readonly answered: number;
  readonly failures: readonly string[];
  /** Answers by instance, when the answers say so. */
  stop(): Promise<Load>;
}

/** Several callers, each asking again as soon as it has its answer, until stopped. Every answer but a 2xx is a failure. */
export function load(url: string, headers: Record<string, string>, callers = 8): Load {
  const failures: string[] = [];
  let answered = 0;
  let running = true;
  const caller = async () => {
    while (running) {
      try {
        const response = await fetch(url, { headers });
        await response.arrayBuffer();
        if (response.ok) answered += 1;
        else failures.push(String(response.status));
      } catch (error) {
        failures.push(String((error as Error).cause ?? error));
      }
    }
  };
  const callersRunning = Array.from({ length: callers }, caller);
  const self: Load = {
    get answered() {
      return answered;
    },
    failures,
    async stop() {
      running = false;
      await Promise.all(callersRunning);
      return self;
    },
  };
  return self;
}
