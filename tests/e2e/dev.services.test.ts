/** `hometrip dev` as somebody uses it who edits, breaks and mends things while it runs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject } from './hometrip.ts';

const cli = new URL('../../packages/cli/bin/hometrip.js', import.meta.url).pathname;
const everybody = '$access: { read: public, create: public, update: public, delete: public }';
const spec = `name: desk
version: 1
components: { postgres: {} }
services:
  note-service: { port: 24111, replicas: 2, database: postgres, entities: { note: { ${everybody}, title: string(20) } } }
  list-service: { port: 24112, database: postgres, entities: { list: { ${everybody}, name: string(20) } } }
`;
const project = createProject(spec);
const service = 'generated/services/note-service/src/service.ts';
const path = join(project.root, service);

interface Event {
  readonly type: string;
  readonly service?: string;
  readonly services?: readonly string[];
  readonly error?: string;
  readonly files?: readonly string[];
  readonly inspect?: Readonly<Record<string, number>>;
  readonly urls?: readonly { readonly service: string; readonly url: string }[];
  readonly operations?: readonly { readonly kind: string; readonly target: string }[];
  readonly line?: { readonly service: string; readonly message: string };
}

/** The command, and what it has said so far. */
class Running {
  readonly events: Event[] = [];
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;
  #taken = 0;
  #rest = '';
  #errors = '';

  constructor(...args: string[]) {
    const { VITEST: _, ...env } = process.env;
    this.#child = spawn(process.execPath, [cli, 'dev', '--json', ...args], {
      cwd: project.root,
      env: { ...env, NODE_ENV: 'production' },
    });
    this.#exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#errors += text));
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.#rest + text).split('\n');
      this.#rest = lines.pop() ?? '';
      this.events.push(...lines.map((line) => JSON.parse(line) as Event));
    });
  }

  /** The next event of that kind, after those that were asked for before. */
  async next(type: string, fits: (event: Event) => boolean = () => true): Promise<Event> {
    const find = (): number =>
      this.events.findIndex((event, index) => index >= this.#taken && event.type === type && fits(event));
    const end = Date.now() + 30_000;
    while (find() < 0) {
      const later = this.events.slice(this.#taken).filter((event) => event.type !== 'log');
      const since = later.map((event) => event.error ?? event.type);
      if (Date.now() > end) throw new Error(`no ${type} came: ${since.join(', ')}\n${this.#errors}`);
      await delay(10);
    }
    const found = find();
    this.#taken = found + 1;
    return this.events[found] as Event;
  }

  async interrupt(): Promise<number | null> {
    this.#child.kill('SIGINT');
    return await this.#exited;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }
}

let dev: Running;
let url: string;

/** As editors do: a new file beside it takes its place. */
function save(text: string): void {
  writeFileSync(`${path}.new~`, text);
  renameSync(`${path}.new~`, path);
}

const answers = (text: string): string =>
  original.replace('import { defineService', 'import { defineService, ok, route, z').replace(
    'routes: (platform) => [',
    `routes: (platform) => [
    route.get('/said', { auth: 'public', responses: { 200: z.string() }, handler: () => ok(${text}) }),`,
  );
const said = async (): Promise<unknown> => await (await fetch(`${url}/api/v1/said`)).json();
let original: string;

beforeAll(async () => {
  await project.hometrip('generate');
  original = readFileSync(path, 'utf8');
  dev = new Running('note-service');
  const { urls, services } = await dev.next('watching');
  expect(services).toEqual(['note-service']);
  url = urls?.find(({ service }) => service === 'note-service')?.url ?? '';
}, 120_000);

afterAll(async () => {
  await dev.stop();
  await project[Symbol.asyncDispose]();
}, 60_000);

const instances = async (): Promise<string[]> => {
  const status = await project.hometrip('status', '--json');
  const { instances } = JSON.parse(status.stdout) as { instances: { service: string; replica: number }[] };
  return instances.map(({ service, replica }) => `${service}#${replica}`).sort();
};

describe('hometrip dev', () => {
  it('brings up the stack with one replica of what is watched', async () => {
    expect(await instances()).toEqual(['list-service#1', 'note-service#1']);
  });

  it('is there once for a project', async () => {
    const { exitCode, stderr } = await project.hometrip('dev');
    expect(stderr).toContain('hometrip dev runs for this project already');
    expect(exitCode).toBe(1);
  });

  it('begins with nothing when a name is mistyped', async () => {
    await using other = createProject(spec);
    const { exitCode, stderr } = await other.hometrip('dev', 'note-servise');
    expect(stderr).toMatch(/there is no service "note-servise"[\s\S]*note-service/);
    expect(exitCode).toBe(1);
    expect(existsSync(join(other.root, 'generated'))).toBe(false);
  });

  it('serves what is saved, and drops no request over it', async () => {
    const failures: unknown[] = [];
    let stopped = false;
    const load = (async () => {
      while (!stopped) {
        const status = await fetch(`${url}/api/v1/notes`).then(
          (response) => response.status,
          (error: unknown) => error,
        );
        if (status !== 200) failures.push(status);
      }
    })();
    for (const word of ['once', 'twice']) {
      save(answers(`'${word}'`));
      expect(await dev.next('served')).toMatchObject({ service: 'note-service', files: [service] });
      await expect.poll(said).toBe(word);
    }
    stopped = true;
    await load;
    expect(failures).toEqual([]);
  });

  it('shows what does not compile with its place, and serves on what was there', async () => {
    save(answers("'twice' +"));
    const { error } = await dev.next('failed');
    expect(error).toMatch(/Unexpected "\)"[\s\S]*note-service\/src\/service\.ts:\d+:\d+:[\s\S]*'twice' \+/);
    await expect.poll(said).toBe('twice');
    save(answers("'twice'"));
    expect(await dev.next('applied')).toMatchObject({ files: [service], operations: [] });
  });

  it('shows why a service dies at its start, at the line that somebody wrote, and serves on what was there', async () => {
    save(`${answers("'thrice'")}\nthrow new Error('not today');\n`);
    const line = readFileSync(path, 'utf8').split('\n').length - 1;
    const { error } = await dev.next('failed');
    expect(error).toContain('note-service#1 did not become ready');
    expect(error).toContain('Error: not today');
    expect(error).toContain(`(${path}:${line}:7)`);
    await expect.poll(said).toBe('twice');
    save(answers("'thrice'"));
    await dev.next('served');
    await expect.poll(said).toBe('thrice');
  });

  it('takes a module that comes after the one that imports it', async () => {
    const helper = join(path, '..', 'helper.ts');
    save(`import { word } from './helper.ts';\n${answers('word')}`);
    expect((await dev.next('failed')).error).toContain('Could not resolve "./helper.ts"');
    writeFileSync(helper, "export const word = 'helped';\n");
    await dev.next('served');
    await expect.poll(said).toBe('helped');
    save(answers("'alone'"));
    await dev.next('served');
  });

  it('generates, migrates and serves what services.yaml says, with edits by hand kept', async () => {
    project.edit('services.yaml', 'title: string(20)', 'title: string(20), colour: string(9)?');
    await dev.next('served', ({ files }) => files?.includes('services.yaml') === true);
    const { operations } = await dev.next('applied');
    expect(operations?.map(({ kind, target }) => `${kind} ${target}`)).toEqual([
      'migrate note-service',
      'replace note-service#1',
    ]);
    const created = await fetch(`${url}/api/v1/notes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"title":"kept","colour":"red"}',
    });
    expect(await created.json()).toMatchObject({ colour: 'red' });
    await expect.poll(said).toBe('alone');
  });

  it('shows what is wrong with services.yaml; a change back leaves nothing to do', async () => {
    project.edit('services.yaml', 'colour: string(9)?', 'colour: strong(9)?');
    expect((await dev.next('failed')).error).toMatch(/HT\d{4}[\s\S]*colour: strong\(9\)/);
    await expect.poll(said).toBe('alone');
    project.edit('services.yaml', 'colour: strong(9)?', 'colour: string(9)?');
    expect(await dev.next('applied')).toMatchObject({ operations: [] });
  });

  it('shows the logs of what is watched, and of nothing else', async () => {
    await fetch(`${url}/api/v1/notes/nothing`);
    await dev.next('log', ({ line }) => line?.message === 'request');
    const services = dev.events.flatMap(({ line }) => line?.service ?? []);
    expect(new Set(services)).not.toContain('list-service');
  });

  it('answers a storm of events once: hundreds of files come and go with a checkout', async () => {
    const before = dev.events.length;
    const folder = join(path, '..');
    for (let index = 0; index < 300; index += 1)
      writeFileSync(join(folder, `part-${index}.ts`), 'export {};\n');
    for (const name of readdirSync(folder).filter((name) => name.startsWith('part-')))
      renameSync(join(folder, name), join(folder, `${name}~`));
    save(answers("'after the storm'"));
    await dev.next('served');
    await expect.poll(said).toBe('after the storm');
    expect(
      dev.events.slice(before).filter(({ type }) => type === 'served' || type === 'failed'),
    ).toHaveLength(1);
  });

  it('Ctrl-C leaves the stack as `up` has it', async () => {
    expect(await dev.interrupt()).toBe(0);
    expect(dev.events.at(-1)).toEqual({ type: 'ended', left: 'as up' });
    expect(await instances()).toEqual(['list-service#1', 'note-service#1', 'note-service#2']);
    await expect.poll(said).toBe('after the storm');
    const { operations } = await project.result<{ operations: unknown[] }>('up');
    expect(operations).toEqual([]);
    expect(readdirSync(join(project.root, '.hometrip', 'dev'))).toEqual([]);
  });

  it('lets a debugger attach, at one port over replacements, and ends that with Ctrl-C', async () => {
    dev = new Running('note-service', '--inspect', 'note-service');
    const port = (await dev.next('watching')).inspect?.['note-service'] ?? 0;
    const attached = async (): Promise<string | undefined> =>
      await fetch(`http://127.0.0.1:${port}/json/list`).then(
        async (response) => ((await response.json()) as { title: string }[])[0]?.title,
        () => undefined,
      );
    await expect.poll(attached).toContain('note-service/main.js');
    const first = await attached();
    save(answers("'under a debugger'"));
    await dev.next('applied');
    await expect.poll(said).toBe('under a debugger');
    await expect.poll(attached).toContain('note-service/main.js');
    expect(await attached()).not.toBe(first);
    expect(await dev.interrupt()).toBe(0);
    expect(await attached()).toBeUndefined();
  });

  it('with code that does not compile, Ctrl-C says that the stack is not as `up` would have it', async () => {
    dev = new Running('note-service');
    await dev.next('watching');
    appendFileSync(path, 'const;');
    await dev.next('failed');
    expect(await dev.interrupt()).toBe(1);
    await expect.poll(said).toBe('under a debugger');
    save(answers("'mended'"));
    expect((await project.hometrip('up')).exitCode).toBe(0);
    await expect.poll(said).toBe('mended');
  });

  it('ends when the stack is taken down', async () => {
    dev = new Running('note-service');
    await dev.next('watching');
    await project.hometrip('down');
    expect(await dev.interrupt()).toBe(0);
    expect(dev.events.at(-1)).toEqual({ type: 'ended', left: 'down' });
    expect(existsSync(join(project.root, '.hometrip', 'run'))).toBe(false);
  });
});
