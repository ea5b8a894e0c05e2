/** The image of a generated service, built and run by a Docker engine without any network. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectAt } from '../../packages/cli/src/platform/project.ts';
import { build } from '../../packages/cli/src/usecases/build.ts';
import { baseImage } from './base.ts';

const SPEC = `name: shop
version: 1
services:
  parts: { port: 4001 }
`;
// A path with spaces, as people have them.
const folders = ['hometrip docker a ', 'hometrip other docker b '].map((name) =>
  mkdtempSync(join(tmpdir(), name)),
);
const images: string[] = [];

let base: string;
let image: string;
beforeAll(async () => {
  base = await baseImage();
  image = await imageIn(folders[0] ?? '');
});
afterAll(async () => {
  await docker('image', 'rm', '--force', ...images);
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const docker = async (...args: string[]): Promise<string> => (await execa('docker', args)).stdout;

async function imageIn(project: string, ...flags: string[]): Promise<string> {
  writeFileSync(join(project, 'services.yaml'), SPEC);
  const built = await build(projectAt(project), { services: ['parts'] });
  const tag = `hometrip-test/parts:${process.pid}-${images.push('')}`;
  images[images.length - 1] = tag;
  const context = join(project, built.images[0]?.context ?? '');
  await docker('build', '--network', 'none', '--build-arg', `BASE=${base}`, '--tag', tag, ...flags, context);
  return tag;
}

it('runs as a user without rights, on a read-only file system, and becomes healthy', async () => {
  const container = await docker(
    'run',
    '--detach',
    '--rm',
    '--network',
    'none',
    '--read-only',
    '--cap-drop',
    'ALL',
    image,
  );
  try {
    const health = () => docker('inspect', '--format', '{{.State.Health.Status}}', container);
    await expect.poll(health, { timeout: 60_000, interval: 500 }).toBe('healthy');
    const program = `fetch('http://127.0.0.1:4001/openapi.json').then((answer) => answer.json()).then(({ info }) => console.log(process.getuid(), info.title))`;
    expect(await docker('exec', container, 'node', '-e', program)).toBe('1000 parts');
  } finally {
    await docker('rm', '--force', container);
  }
});

it('holds what hometrip build put together, and nothing else', async () => {
  const program = `console.log(fs.readdirSync('/app').join(' '))`;
  expect(await docker('run', '--rm', '--network', 'none', '--entrypoint', 'node', image, '-e', program)).toBe(
    'bundle package.json',
  );
});

it('has the same layer wherever it is built', async () => {
  const layer = async (name: string): Promise<string | undefined> =>
    (
      JSON.parse(await docker('image', 'inspect', '--format', '{{json .RootFS.Layers}}', name)) as string[]
    ).at(-1);
  const again = await imageIn(folders[1] ?? '', '--no-cache');
  expect(await layer(again)).toBe(await layer(image));
});

it('runs the other commands of a service', async () => {
  const document = await docker('run', '--rm', '--network', 'none', image, 'openapi');
  expect(JSON.parse(document)).toMatchObject({ openapi: '3.1.0', info: { title: 'parts' } });
});
