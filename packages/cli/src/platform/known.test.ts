import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { codeIdentity, readKnown, writeKnown } from './known.ts';

const folder = mkdtempSync(join(tmpdir(), 'hometrip-known-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the identity of code', () => {
  it('is a chunk’s name, which carries a hash, and the Node that runs it', () => {
    expect(codeIdentity('file:///x/dist/generate-BOOX2WN3.js')).toBe(
      `generate-BOOX2WN3.js ${process.version}`,
    );
  });

  it.each(['file:///x/dist/main.js', 'file:///x/src/usecases/generate.ts', 'file:///x/generate-anew.js'])(
    'is unknown for %s',
    (url) => expect(codeIdentity(url)).toBeUndefined(),
  );

  /** What bundle.mjs relies on. @returns names of the chunks, that of the light module last */
  async function lightChunk(heavy: string): Promise<string | undefined> {
    const files = {
      'main.ts': "import('./light.ts');",
      'light.ts': "export const url = import.meta.url; export const work = () => import('./heavy.ts');",
      'heavy.ts': "import { text } from './deep.ts'; console.log(text);",
      'deep.ts': `export const text = ${JSON.stringify(heavy)};`,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { outputFiles } = await build({
      absWorkingDir: folder,
      entryPoints: ['main.ts'],
      outdir: 'out',
      bundle: true,
      splitting: true,
      format: 'esm',
      chunkNames: '[name]-[hash]',
      write: false,
    });
    return outputFiles.map(({ path }) => basename(path)).find((name) => name.startsWith('light-'));
  }

  it('is another one when code changes that is only loaded when needed', async () => {
    const [one, same, other] = [await lightChunk('a'), await lightChunk('a'), await lightChunk('b')];
    expect(codeIdentity(`file:///${one}`)).toBeDefined();
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });
});

describe('a kept answer', () => {
  const file = join(folder, 'state', 'x.known');
  const key = ['question 1', 'code'];

  it('reads back under its key alone', () => {
    writeKnown(file, key, ['{"a":1}', '[2]']);
    expect(readKnown(file, key)).toEqual(['{"a":1}', '[2]']);
    expect(readKnown(file, ['question 1', 'other code'])).toBeUndefined();
  });

  it('does not read back when it is cut short, changed, empty or not there', () => {
    writeKnown(file, key, ['{"a":1}']);
    const text = readFileSync(file, 'utf8');
    for (const broken of [text.slice(0, -1), text.replace('1}', '2}'), '', 'x\ny']) {
      writeFileSync(file, broken);
      expect(readKnown(file, key), broken).toBeUndefined();
    }
    rmSync(file);
    expect(readKnown(file, key)).toBeUndefined();
  });

  it('is none where it cannot be written', () => {
    writeFileSync(join(folder, 'file'), '');
    const inFile = join(folder, 'file', 'x.known');
    writeKnown(inFile, key, ['1']);
    expect(readKnown(inFile, key)).toBeUndefined();
  });

  it('is not for git', () => {
    writeKnown(file, key, []);
    expect(readFileSync(join(folder, 'state', '.gitignore'), 'utf8')).toBe('*\n');
  });
});
