/** From a save to the first answer of the new code: `hometrip dev`, and `node --watch` on the same service. README.md says how to run it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = join(root, 'packages/cli/bin/hometrip.js');
const { values } = parseArgs({ options: { edits: { type: 'string', default: '20' } } });
const edits = Number(values.edits);
const LIMIT_MS = 30_000;

const everybody = '$access: { read: public, create: public, update: public, delete: public }';
const spec = (fields: string, mark: number): string => `name: bench
version: 1
components: { postgres: {} }
services:
  note-service:
    port: 24131
    database: postgres
    limits: { memory: ${256 + 4 * mark}M }
    entities: { note: { ${everybody}, title: string(20)${fields} } }
  list-service: { port: 24132, database: postgres, calls: [note-service], entities: { list: { ${everybody}, name: string(20) } } }
`;

const project = mkdtempSync(join(tmpdir(), 'hometrip-bench-dev-'));
const specFile = join(project, 'services.yaml');
const code = join(project, 'generated/services/note-service/src/service.ts');
const hometrip = (...args: string[]): string =>
  execFileSync(process.execPath, [cli, ...args], {
    cwd: project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
const children: ChildProcess[] = [];

writeFileSync(specFile, spec('', 0));
hometrip('generate');
const original = readFileSync(code, 'utf8');
const handler = (mark: number): string =>
  original.replace('import { defineService', 'import { defineService, ok, route, z').replace(
    'routes: (platform) => [',
    `routes: (platform) => [
    route.get('/mark', { auth: 'public', responses: { 200: z.string() }, handler: () => ok(\`${mark} \${process.execArgv.find((option) => option.startsWith('--max-old'))}\`) }),`,
  );
writeFileSync(code, handler(0));

async function answer(url: string): Promise<string> {
  return await fetch(url).then(
    (response) => response.text(),
    () => '',
  );
}

/** Saves, and asks until the answer is the new one. */
async function measure(save: () => void, url: string, fits: (text: string) => boolean): Promise<number> {
  const startedAt = performance.now();
  save();
  while (!fits(await answer(url))) {
    if (performance.now() - startedAt > LIMIT_MS) throw new Error(`no new answer from ${url}`);
    await delay(2);
  }
  return performance.now() - startedAt;
}

async function series(count: number, edit: (mark: number) => Promise<number>): Promise<string> {
  const times: number[] = [];
  for (let index = 1; index <= count; index += 1) {
    times.push(await edit(index));
    await delay(1_500); // as if somebody looked at it
  }
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return `${Math.round(median)} ms | ${Math.round(sorted.at(-1) ?? 0)} ms`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const row = (name: string, figures: string): void => console.log(`| ${name} | ${figures} |`);

try {
  const dev = spawn(process.execPath, [cli, 'dev', 'note-service', '--json'], { cwd: project });
  children.push(dev);
  let said = '';
  dev.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  while (!said.includes('"watching"')) {
    if (dev.exitCode !== null) throw new Error('hometrip dev ended');
    await delay(20);
  }
  const { urls } = JSON.parse(said.split('\n').find((line) => line.includes('"watching"')) ?? '{}') as {
    urls: { service: string; url: string }[];
  };
  const url = urls.find(({ service }) => service === 'note-service')?.url ?? '';
  const mark = `${url}/api/v1/mark`;
  console.log('| edit of | median | worst |\n| --- | ---: | ---: |');
  row(
    'a handler, `hometrip dev`',
    await series(edits, (n) =>
      measure(
        () => writeFileSync(code, handler(n)),
        mark,
        (text) => text.startsWith(`"${n} `),
      ),
    ),
  );
  row(
    'an entity (a migration, too), `hometrip dev`',
    await series(edits, (n) =>
      measure(
        () =>
          writeFileSync(
            specFile,
            spec(Array.from({ length: n }, (_, index) => `, field${index + 1}: int?`).join(''), 0),
          ),
        `${url}/openapi.json`,
        (text) => text.includes(`"field${n}"`),
      ),
    ),
  );
  const fields = Array.from({ length: edits }, (_, index) => `, field${index + 1}: int?`).join('');
  row(
    'a setting in services.yaml, `hometrip dev`',
    await series(edits, (n) =>
      measure(
        () => writeFileSync(specFile, spec(fields, n)),
        mark,
        (text) => text.endsWith(`=${192 + 3 * n}"`),
      ),
    ),
  );

  // The same service on the same database, from its TypeScript.
  mkdirSync(join(project, 'node_modules', '@hometrip'), { recursive: true });
  symlinkSync(join(root, 'packages/runtime'), join(project, 'node_modules/@hometrip/runtime'));
  const environment = JSON.parse(
    hometrip('exec', 'note-service', '--', 'node', '-p', 'JSON.stringify(process.env)'),
  ) as Record<string, string>;
  const port = await freePort();
  const main = join(project, 'generated/services/note-service/src/main.ts');
  const watching = spawn(process.execPath, ['--watch', '--watch-preserve-output', main], {
    cwd: project,
    env: { ...environment, PORT: String(port) },
    stdio: 'ignore',
  });
  children.push(watching);
  const alone = `http://127.0.0.1:${port}/api/v1/mark`;
  await measure(
    () => undefined,
    alone,
    (text) => text !== '',
  );
  row(
    'a handler, `node --watch` on its TypeScript',
    await series(edits, (n) =>
      measure(
        () => writeFileSync(code, handler(100 + n)),
        alone,
        (text) => text.startsWith(`"${100 + n} `),
      ),
    ),
  );
} finally {
  for (const child of children) child.kill('SIGKILL');
  hometrip('down', '--volumes', '--yes');
  rmSync(project, { recursive: true, force: true });
}
