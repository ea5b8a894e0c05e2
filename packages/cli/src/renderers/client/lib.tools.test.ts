/**
 * The client is published as JavaScript with declarations. What is not rendered from documents is written once, in TypeScript
 * (templates/client/src/), and compiled ahead into templates/client/lib/: `vitest --update` of this file writes it again.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { everything } from '../services/everything.fixture.ts';
import { emptyContext, stackOf } from '../services/stack.fixture.ts';
import { renderClient } from './index.ts';

const root = new URL('../../../../../', import.meta.url).pathname;
const templates = join(root, 'templates/client');
const modules = ['http', 'socket'];
const settings = [
  ...['--ignoreConfig', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', '--declaration'],
  ...['--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler'],
  ...['--lib', 'es2024,dom,dom.iterable', '--types', ''],
];

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hometrip-client-lib-'));
  for (const name of modules)
    writeFileSync(join(folder, `${name}.ts`), readFileSync(join(templates, `src/${name}.ts.hbs`)));
  const files = modules.map((name) => `${name}.ts`);
  await execa(join(root, 'node_modules/.bin/tsc'), [...settings, '--outDir', 'out', ...files], {
    cwd: folder,
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each(modules.flatMap((name) => [`${name}.js`, `${name}.d.ts`]))(
  'lib/%s is what its source says',
  async (file) => {
    const compiled = spaced(readFileSync(join(folder, 'out', file), 'utf8'));
    const { stdout } = await execa(
      join(root, 'node_modules/.bin/biome'),
      ['format', `--stdin-file-path=packages/cli/src/${file}`],
      { cwd: root, input: compiled, stripFinalNewline: false },
    );
    await expect(stdout).toMatchFileSnapshot(join(templates, `lib/${file}.hbs`));
  },
);

it('its declarations are whole for others, whatever their settings are', async () => {
  const client = renderClient(stackOf(everything), emptyContext).filter(({ path }) => path.includes('/lib/'));
  for (const { path, content } of client) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  writeFileSync(
    join(folder, 'use.ts'),
    `import { createClient, type Order, type ProblemError } from './clients/typescript/lib/index.js';
const client = createClient({ baseUrl: 'https://zoo.example' });
export const label = async (id: string): Promise<string> => (await client.orders.get(id)).label;
export async function* all(): AsyncGenerator<Order> {
  yield* client.orders.all({ limit: 5 });
}
export const code = ({ code }: ProblemError): string => code;
// @ts-expect-error: an id is a text.
void client.orders.get(7);
`,
  );
  const check = settings.filter((setting) => !['--skipLibCheck', '--declaration'].includes(setting));
  const { all } = await execa(join(root, 'node_modules/.bin/tsc'), [...check, '--noEmit', 'use.ts'], {
    cwd: folder,
    reject: false,
    all: true,
  });
  expect(all).toBe('');
});

/** The compiler leaves out empty lines: one comes back before each declaration. Its `export {}` says what others say already. */
const spaced = (text: string): string =>
  text
    .replace(/^export \{\};\n$/m, '')
    .replaceAll(/(?<=[^\n/]\n)(?=\/\*\*|export |(?:async )?function |class |interface )/g, '\n');
