import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

/** A service as a process of its own: /wait answers when /go was asked. */
const MAIN = `
import { defineService, noContent, ok, route, run, TaskError, z } from '${new URL('../index.ts', import.meta.url).href}';
let go = () => {};
const gone = new Promise((resolve) => { go = resolve; });
await run(defineService({
  name: 'test-service', version: '1.2.3', needs: process.env.NEEDS ? JSON.parse(process.env.NEEDS) : {},
  start: async ({ log }) => { if (process.env.SLOW) { log.info('starting'); await new Promise((resolve) => setTimeout(resolve, 300)); } },
  routes: ({ log }) => [
    route.get('/wait', { auth: 'public', responses: { 200: z.object({ done: z.boolean() }) }, async handler() { log.info('waiting'); await gone; return ok({ done: true }); } }),
    route.post('/go', { auth: 'public', responses: { 204: null }, handler() { go(); return noContent(); } }),
  ],
  tasks: ({ log }) => [{ name: 'greet', usage: 'NAME', summary: 'greets', async run([name]) {
    if (name === undefined) throw new TaskError('greet whom?', { code: 'usage', next: ['greet NAME'] });
    log.info('greeting');
    return { said: 'hello ' + name };
  } }],
}));
`;

let folder: string;
const running: ChildProcess[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-'));
  writeFileSync(join(folder, 'main.mjs'), MAIN);
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Started {
  readonly child: ChildProcess;
  /** Standard output alone. */
  readonly output: () => string;
  readonly lines: () => Record<string, unknown>[];
  /** Waits for the line with this message. */
  line(message: string): Promise<Record<string, any>>;
  readonly exit: Promise<[number | null, NodeJS.Signals | null]>;
}

function launch(env: Record<string, string> = {}, ...args: string[]): Started {
  const child = spawn(process.execPath, [join(folder, 'main.mjs'), ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let text = '';
  let output = '';
  child.stdout?.on('data', (data: Buffer) => {
    text += data.toString();
    output += data.toString();
  });
  child.stderr?.on('data', (data: Buffer) => (text += data.toString()));
  const exit = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const lines = () =>
    text
      .split('\n')
      .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []));
  return {
    child,
    output: () => output,
    lines,
    exit,
    async line(message) {
      await expect.poll(() => lines().map(({ msg }) => msg), { timeout: 15_000 }).toContain(message);
      return lines().find(({ msg }) => msg === message) as Record<string, any>;
    },
  };
}

describe('a service as a process', () => {
  it('tells where it listens, is ready, and stops with 0 when asked', async () => {
    const file = join(folder, 'instance.json');
    const service = launch({ INSTANCE_FILE: file, INSTANCE_ID: 'test-service#2' });
    const { url, instance, level } = await service.line('listening');
    expect([instance, level]).toEqual(['test-service#2', 'info']);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      pid: service.child.pid,
      port: Number(new URL(url).port),
      instance: 'test-service#2',
      startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    const ready = await fetch(`${url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', checks: {} }]);
    service.child.kill('SIGTERM');
    expect(await service.exit).toEqual([0, null]);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'stops with 0 when %s comes before it has started',
    async (signal) => {
      const service = launch({ SLOW: '1' });
      await service.line('starting');
      service.child.kill(signal);
      await service.line('asked to stop');
      expect(await service.exit).toEqual([0, null]);
      expect(service.lines().map(({ msg }) => msg)).toEqual(
        expect.arrayContaining(['starting', 'asked to stop', 'listening', 'draining', 'stopped']),
      );
    },
  );

  it('finishes what is under way before it ends, takes nothing new, and closes connections', async () => {
    const service = launch();
    const { url } = await service.line('listening');
    const { hostname, port } = new URL(url);
    const go = connect(Number(port), hostname);
    await once(go, 'connect');
    // Half a request: the server must wait for it, so that it can still be told to go.
    go.write('POST /api/v1/go HTTP/1.1\r\nhost: x\r\n');
    const waiting = fetch(`${url}/api/v1/wait`);
    await service.line('waiting');
    service.child.kill('SIGTERM');
    await service.line('draining');
    await expect
      .poll(() =>
        fetch(`${url}/health/ready`).then(
          (response) => response.status,
          () => 'refused',
        ),
      )
      .toBe('refused');
    go.write('content-length: 0\r\n\r\n');
    const response = await waiting;
    expect([response.status, response.headers.get('connection'), await response.json()]).toEqual([
      200,
      'close',
      { done: true },
    ]);
    expect(await service.exit).toEqual([0, null]);
  });

  it('is not ready any more while callers still find it', async () => {
    const service = launch({ DRAIN_DELAY_MS: '60000' });
    const { url } = await service.line('listening');
    service.child.kill('SIGTERM');
    await service.line('draining');
    const ready = await fetch(`${url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'draining', checks: {} }]);
    expect((await fetch(`${url}/api/v1/go`, { method: 'POST' })).headers.get('connection')).toBe('close');
    service.child.kill('SIGTERM');
    expect(await service.exit).toEqual([1, null]);
  });

  it('takes another port when it may, and says what to do when it may not', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const PORT = String((other.address() as AddressInfo).port);
    try {
      const { url } = await launch({ PORT, PORT_FALLBACK: 'any' }).line('listening');
      expect(new URL(url).port).not.toBe(PORT);
      const refused = launch({ PORT });
      expect(await refused.exit).toEqual([1, null]);
      expect(refused.lines().at(-1)).toMatchObject({
        level: 'fatal',
        setting: 'PORT',
        msg: expect.stringContaining('another process has it'),
      });
    } finally {
      other.close();
    }
  });

  it.each([
    [{ NEEDS: '{"database":"sql"}' }, 'test-service cannot start: DATABASE_URL is not set'],
    [
      { NEEDS: '{"database":"sql"}', DATABASE_URL: 'mysql://db/x' },
      'there is no database adapter for mysql:// addresses: use one of postgres://, postgresql://',
    ],
    [{ AUTH_ISSUER: 'x' }, 'AUTH_JWKS_URL is not set'],
    [{ PORT: 'http' }, 'PORT is "http": it must be a whole number'],
    [{ DRAIN_DELAY_MS: '5s' }, 'DRAIN_DELAY_MS is "5s": it must be a whole number'],
  ])('given %o, it ends with 1 and one line: %s', async (env, message) => {
    const service = launch(env);
    expect(await service.exit).toEqual([1, null]);
    expect(
      service
        .lines()
        .filter(({ level }) => level === 'fatal')
        .map(({ msg }) => msg),
    ).toEqual([expect.stringContaining(message)]);
  });

  it('goes on when nobody reads its output any more, or its terminal is gone', async () => {
    const file = join(folder, 'epipe.json');
    const service = launch({ INSTANCE_FILE: file });
    const { url } = await service.line('listening');
    service.child.stdout?.destroy();
    service.child.stderr?.destroy();
    service.child.kill('SIGHUP');
    for (let count = 0; count < 200; count += 1)
      await fetch(`${url}/api/v1/nothing`).then((response) => response.text());
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect(existsSync(file)).toBe(true);
  });

  it('prints its document with nothing configured', async () => {
    const child = spawn(process.execPath, [join(folder, 'main.mjs'), 'openapi'], {
      env: { NEEDS: '{"database":"sql"}' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.push(child);
    let text = '';
    child.stdout.on('data', (data: Buffer) => (text += data.toString()));
    await once(child, 'close');
    expect(JSON.parse(text)).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'test-service', version: '1.2.3' },
    });
  });

  it.each([
    [
      'runs a task: what it says is on standard output alone',
      ['greet', 'Ada'],
      { ok: true, result: { said: 'hello Ada' } },
    ],
    [
      'says why a task was refused',
      ['greet'],
      { ok: false, code: 'usage', message: 'greet whom?', next: ['greet NAME'] },
    ],
    [
      'lists its tasks for one that it does not have',
      ['grete'],
      {
        ok: false,
        code: 'unknown-task',
        message: 'test-service has no task "grete"',
        next: ['greet NAME: greets'],
      },
    ],
  ])('%s', async (_, args, outcome) => {
    const task = launch({}, 'task', ...args);
    expect(await task.exit).toEqual([outcome.ok ? 0 : 1, null]);
    expect(task.output()).toBe(`${JSON.stringify(outcome)}\n`);
  });

  it('knows its commands', async () => {
    const service = launch({}, 'serve');
    expect(await service.exit).toEqual([1, null]);
    expect(service.lines().at(-1)?.['msg']).toContain(
      'there is no command serve: use migrate, task, openapi, or none to serve',
    );
  });
});
