import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { CompileFailure } from '../building/esbuild.ts';
import { imageFiles, writeImage } from './image.ts';

const root = mkdtempSync(join(tmpdir(), 'hometrip-image-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A project with one service whose main.ts is this, and a module beside it. @returns the folder of the service */
function project(name: string, main: string): { readonly project: string; readonly folder: string } {
  const folder = join(root, name, 'generated', 'services', 'rooms');
  const texts = {
    'src/main.ts': main,
    'src/fail.ts':
      'interface Room { id: string }\n\nexport function fail(room: Room): never {\n  throw new Error(room.id);\n}\n',
    'migrations/0001_create_room.sql': 'select 1;\n',
    'migrations/schema.json': '{}\n',
  };
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return { project: join(root, name), folder };
}

async function build(name: string, main: string): Promise<string> {
  const { project: at, folder } = project(name, main);
  const files = await imageFiles({ project: at, folder, assets: ['swagger-ui-dist/package.json'] });
  return (await writeImage(folder, files)).dist;
}

const service = `import { defineService } from '@hometrip/runtime';
import { fail } from './fail.ts';
const rooms = defineService({ name: 'rooms' });
if (process.argv[2] === 'fail') fail({ id: 'kitchen' });
console.log(rooms.name, typeof (await import('jose')).SignJWT);
`;

const built = build('a', service);
const run = (...args: string[]) => promisify(execFile)(process.execPath, args, { env: {} });

it('two builds in folders of other names and depths are the same, byte by byte', async () => {
  const [first, second] = [await built, await build('some where/deep er/b', service)];
  const contents = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .sort()
      .map((path) => {
        const { mode, mtimeMs } = statSync(join(folder, path));
        const isFile = statSync(join(folder, path)).isFile();
        const text = isFile ? readFileSync(join(folder, path), 'latin1') : '';
        return { path, mode, mtimeMs, text };
      });
  const files = contents(first);
  expect(contents(second).map(({ path }) => path)).toEqual(files.map(({ path }) => path));
  for (const [index, file] of contents(second).entries())
    expect(file.text === files[index]?.text, file.path).toBe(true);
  expect(contents(second).map(({ mode, mtimeMs }) => [mode, mtimeMs])).toEqual(
    files.map(({ mode, mtimeMs }) => [mode, mtimeMs]),
  );
  const all = files.map(({ text }) => text).join('\n');
  for (const place of [root, process.cwd(), 'deep er']) expect(all.includes(place), place).toBe(false);
});

it('holds what a service needs, and runs where nothing else is', async () => {
  const dist = await built;
  expect(readdirSync(dist).sort()).toEqual([
    '.gitignore',
    'bundle',
    'migrations',
    'node_modules',
    'package.json',
  ]);
  expect(readdirSync(join(dist, 'migrations'))).toEqual(['0001_create_room.sql']);
  const { stdout } = await run(join(dist, 'bundle', 'main.js'));
  expect(stdout).toBe('rooms function\n');
});

it('stack traces name the lines of our own code', async () => {
  const failed = run('--enable-source-maps', join(await built, 'bundle', 'main.js'), 'fail');
  await expect(failed).rejects.toMatchObject({
    stderr: expect.stringMatching(/at fail .*src\/fail\.ts:4:9\)/),
  });
});

it('code that does not compile is told with its place', async () => {
  const failing = project('wrong', 'const = 1;');
  const failure: unknown = await imageFiles({ ...failing, assets: [] }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CompileFailure);
  expect((failure as CompileFailure).errors[0]?.location).toMatchObject({
    file: 'generated/services/rooms/src/main.ts',
    line: 1,
  });
});
