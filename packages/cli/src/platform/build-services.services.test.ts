import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildServices, bundlePath, type ServiceBuild } from './build-services.ts';

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
