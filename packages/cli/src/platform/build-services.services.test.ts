import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildServices, bundlePath, pruneBuilds, type ServiceBuild } from './build-services.ts';

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'hometrip-build-'));
});
afterEach(() => rmSync(project, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

const build = (...services: string[]): Promise<ServiceBuild> =>
  buildServices({
    project,
    outDir: join(project, '.hometrip', 'build'),
    entries: Object.fromEntries(services.map((service) => [service, join(project, service, 'main.ts')])),
  });

const run = async (built: ServiceBuild, service: string): Promise<unknown> =>
  ((await import(bundlePath(built.dir, service))) as { default: unknown }).default;

test('bundles services that share code, which run', async () => {
  write('shared.ts', 'export const greet = (name: string): string => `hello ${name}`;');
  for (const service of ['rooms', 'guests'])
    write(`${service}/main.ts`, `import { greet } from '../shared.ts';\nexport default greet('${service}');`);
  const built = await build('rooms', 'guests');
  expect([await run(built, 'rooms'), await run(built, 'guests')]).toEqual(['hello rooms', 'hello guests']);
});

test('a project without packages gets the runtime, and the libraries of the runtime, from the installation', async () => {
  write(
    'rooms/main.ts',
    "import { SignJWT } from 'jose';\nimport { migrate } from '@hometrip/runtime/migrations';\nexport default [typeof SignJWT, typeof migrate];",
  );
  expect(await run(await build('rooms'), 'rooms')).toEqual(['function', 'function']);
});

test('what libraries need for seldom uses is loaded by these uses, not at the start', async () => {
  write(
    'rooms/main.ts',
    `import { collectDefaultMetrics, Pushgateway, Registry } from 'prom-client';
    import '@hometrip/runtime';
    const loaded = (): string[] =>
      ['dns/promises', 'http2', 'https', 'zlib'].filter((name) => process.moduleLoadList.includes('NativeModule ' + name));
    const atStart = loaded();
    const register = new Registry();
    collectDefaultMetrics({ register });
    const counted = (await register.metrics()).includes('process_cpu_user_seconds_total');
    const usable = typeof new Pushgateway('http://127.0.0.1:1', {}, register).push;
    process.stdout.write(JSON.stringify({ atStart, counted, usable, after: loaded() }));`,
  );
  const output = execFileSync(process.execPath, [bundlePath((await build('rooms')).dir, 'rooms')]);
  expect(JSON.parse(output.toString())).toEqual({
    atStart: [],
    counted: true,
    usable: 'function',
    after: ['https', 'zlib'],
  });
});

test('a package may be imported in every way that Node knows, whatever kind of module it is', async () => {
  const folder = 'node_modules/plain';
  write(`${folder}/package.json`, '{ "name": "plain", "main": "index.js" }');
  write(`${folder}/index.js`, 'exports.one = 1; exports.two = () => exports.one + 1;');
  write(
    'node_modules/modern/package.json',
    '{ "name": "modern", "type": "module", "exports": "./index.js" }',
  );
  write('node_modules/modern/index.js', 'export const three = 3, four = 4;\nexport default 5;');
  write('rooms/tool.cjs', "module.exports = [require('plain').one, require('modern').three];");
  write(
    'rooms/main.ts',
    `import plain, { one as first, two } from 'plain';
    import * as all from 'plain';
    import { three } from 'modern';
    import tool from './tool.cjs';
    const [late, modern] = [await import('plain'), await import('modern')];
    export default [first, two(), plain.one, all.one, late.default.one, three, modern.four, modern.default, ...tool];`,
  );
  expect(await run(await build('rooms'), 'rooms')).toEqual([1, 2, 1, 1, 1, 3, 4, 5, 1, 3]);
  // One more name than was bundled.
  write('rooms/main.ts', "import { four, three } from 'modern';\nexport default [three, four];");
  expect(await run(await build('rooms'), 'rooms')).toEqual([3, 4]);
});

test('what is bundled once is one for all: a class of a package is the same wherever it is used', async () => {
  write('rooms/other.ts', "import { Registry } from 'prom-client';\nexport const registry = new Registry();");
  write(
    'rooms/main.ts',
    `import { Registry } from 'prom-client';
    import { registry } from './other.ts';
    export default registry instanceof Registry;`,
  );
  expect(await run(await build('rooms'), 'rooms')).toBe(true);
});

test('an error is traced to the line that somebody wrote', async () => {
  write(
    'rooms/broken.ts',
    'interface Nothing {}\n\nexport function fail(): Nothing {\n  throw new Error("no room");\n}',
  );
  write('rooms/main.ts', "import { fail } from './broken.ts';\nfail();");
  const { dir } = await build('rooms');
  const run = spawnSync(process.execPath, ['--enable-source-maps', bundlePath(dir, 'rooms')], {
    encoding: 'utf8',
  });
  expect(run.stderr).toContain(`at fail (${join(project, 'rooms', 'broken.ts')}:4:9)`);
});

test('a service whose code changed is bundled alone: the others, and the packages, stay as they are', async () => {
  for (const service of ['rooms', 'guests'])
    write(
      `${service}/main.ts`,
      `import { ok } from '@hometrip/runtime';\nexport default [ok, '${service}'];`,
    );
  const guests = join(project, 'guests', 'main.ts');
  utimesSync(guests, 1, 1);
  const first = await build('rooms', 'guests');
  const packages = (): string[] =>
    readdirSync(join(project, '.hometrip', 'build')).filter((name) => name.startsWith('packages-'));
  const before = packages();
  write(
    'rooms/main.ts',
    "import { ok, reply } from '@hometrip/runtime';\nexport default [ok, reply, 'rooms anew'];",
  );
  // Not even read: a mistake in it would show.
  writeFileSync(guests, readFileSync(guests, 'utf8').replace('import {', 'import ('));
  utimesSync(guests, 1, 1);
  const second = await build('rooms', 'guests');
  expect(second.fingerprints['guests']).toBe(first.fingerprints['guests']);
  expect(second.fingerprints['rooms']).not.toBe(first.fingerprints['rooms']);
  expect(packages()).toEqual(before);
  expect(await run(second, 'guests')).toContain('guests');
  expect(await run(second, 'rooms')).toContain('rooms anew');
});

test('a fingerprint changes with the code that a service reaches, and with nothing else', async () => {
  write('shared.ts', 'export const one = 1;');
  write('rooms/main.ts', "import { one } from '../shared.ts';\nconsole.log(one);");
  write('guests/main.ts', "import { one } from '../shared.ts';\nconsole.log(one + 1);");
  write('wishes/main.ts', 'console.log(3);');
  const first = (await build('rooms', 'guests')).fingerprints;
  const withMore = (await build('rooms', 'guests', 'wishes')).fingerprints;
  expect(withMore).toMatchObject(first);
  write('guests/main.ts', "import { one } from '../shared.ts';\nconsole.log(one + 2);");
  const guestsChanged = (await build('rooms', 'guests', 'wishes')).fingerprints;
  expect(guestsChanged).toMatchObject({ rooms: first['rooms'], wishes: withMore['wishes'] });
  expect(guestsChanged['guests']).not.toBe(first['guests']);
  write('shared.ts', 'export const one = 11;');
  const sharedChanged = (await build('rooms', 'guests', 'wishes')).fingerprints;
  expect(sharedChanged['rooms']).not.toBe(first['rooms']);
  expect(sharedChanged['wishes']).toBe(withMore['wishes']);
});

test('an unchanged project is not built again; one whose files were only touched keeps its fingerprints', async () => {
  write('rooms/main.ts', 'export default 1;');
  const first = await build('rooms');
  expect(await build('rooms')).toEqual({ ...first, built: false });
  utimesSync(join(project, 'rooms', 'main.ts'), 1, 1);
  expect(await build('rooms')).toEqual({ ...first, built: true });
});

test('code that does not compile is shown with its place', async () => {
  write('rooms/main.ts', 'export default 1;\nconst = 2;\n');
  await expect(build('rooms')).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringMatching(/rooms\/main\.ts:2:6:\n\s+2 │ const = 2;/),
    where: expect.stringMatching(/rooms\/main\.ts:2:7$/),
  });
});

test('of several that do not compile each is shown, and a mistake that they share once', async () => {
  write('shared.ts', 'export const one = ;');
  for (const service of ['rooms', 'guests']) write(`${service}/main.ts`, "import '../shared.ts';");
  write('wishes/main.ts', 'export default [;');
  const { message } = (await build('rooms', 'guests', 'wishes').catch((error: unknown) => error)) as Error;
  expect(message.match(/^✘.*$/gm)).toHaveLength(2);
  expect(message).toMatch(/shared\.ts:1:19/);
  expect(message).toMatch(/wishes\/main\.ts:1:16/);
});

test('builds and packages that nothing runs from go, what is in use and what is young stays', async () => {
  const outDir = join(project, '.hometrip', 'build');
  write('rooms/main.ts', "import 'jose';\nexport default 1;");
  const first = await build('rooms');
  write('rooms/main.ts', "import 'kysely';\nexport default 22;");
  const second = await build('rooms');
  const left = (): string[] => readdirSync(outDir).filter((name) => /^(packages-)?[0-9a-f]{16}$/.test(name));
  await pruneBuilds(outDir, new Set([second.dir]));
  expect(left()).toHaveLength(4);
  for (const name of left()) utimesSync(join(outDir, name), 1, 1);
  await pruneBuilds(outDir, new Set([second.dir]));
  expect(left()).toHaveLength(2);
  expect(existsSync(first.dir)).toBe(false);
  expect(await run(second, 'rooms')).toBe(22);
});

test('what cannot be written is not blamed on the code', async () => {
  write('rooms/main.ts', 'export default 1;');
  const plan = buildServices({
    project,
    outDir: join(project, '.hometrip', 'build'),
    // No file system takes a name of this length, as a full one would take no file at all.
    entries: { ['x'.repeat(300)]: join(project, 'rooms', 'main.ts') },
  });
  await expect(plan).rejects.toMatchObject({
    message: expect.stringMatching(/^the built services cannot be written: /),
  });
});

test('the project’s own package.json and tsconfig.json have nothing to say about how services are built and run', async () => {
  write('package.json', '{ "type": "commonjs" }');
  write(
    'tsconfig.json',
    '{ "extends": "./nowhere.json", "compilerOptions": { "paths": { "jose": ["./wrong.ts"] } } }',
  );
  write('wrong.ts', 'export const SignJWT = 1;');
  write('rooms/main.ts', "import { SignJWT } from 'jose';\nexport default typeof SignJWT;");
  const built = await build('rooms');
  const program = `import(${JSON.stringify(bundlePath(built.dir, 'rooms'))}).then(({ default: found }) => console.log(found))`;
  expect(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' })).toBe('function\n');
});
