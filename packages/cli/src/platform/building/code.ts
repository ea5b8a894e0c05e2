/** The code of one service, bundled alone in a few milliseconds: its packages are imported from where they are bundled already. */
import { createHash } from 'node:crypto';
import { basename, extname, resolve } from 'node:path';
import type { OnResolveResult, Plugin } from 'esbuild';
import { bundle } from './esbuild.ts';
import { isWithin, type Places } from './fingerprints.ts';
import {
  type BundledPackages,
  type ImportedNames,
  type Names,
  outputName,
  packagesFolder,
} from './packages.ts';
import { type Inputs, stampAll, stampedReads } from './stamps.ts';
import { findPackage, packageImports, requiredHttp } from './plugins.ts';

export interface CodeRequest extends Places {
  /** Absolute path of the service's main.ts. */
  readonly entry: string;
  /** Folder of the output: `main.js`, its source map, and what it loads late. */
  readonly outdir: string;
  /** What is known of packages; a service whose packages are not all in there has to be bundled again when they are. */
  readonly packages: Pick<BundledPackages, 'entries'> | undefined;
}

/** Stands for the folder of the packages until they are bundled, too: see {@link linked}. */
export const ANY_PACKAGES = packagesFolder('0'.repeat(16));

export interface BundledCode {
  readonly files: readonly { readonly name: string; readonly contents: Uint8Array }[];
  /** The modules that went in. */
  readonly inputs: Inputs;
  /** What it imports of packages. */
  readonly packages: ImportedNames;
  /** Of the files; not of its packages. What was read is what counts: a module may have been saved again meanwhile. */
  readonly fingerprint: string;
}

/** What Node and esbuild run; a package's JSON or text is small, and goes into the code. */
const MODULES = new Set(['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']);
const COMMONJS = 'commonjs-package';

/** @throws CompileFailure */
export async function bundleCode(request: CodeRequest): Promise<BundledCode> {
  const { project, entry, outdir } = request;
  const used = new Map<string, string>();
  const stamps = new Map<string, string | null>();
  const since = Date.now();
  const { metafile, outputFiles } = await bundle({
    entryPoints: { main: entry },
    outdir,
    write: false,
    absWorkingDir: project,
    // Beside main.js, so that one relative path leads to the packages from all of them.
    chunkNames: '[name]-[hash]',
    // Of the project's own code alone: those of all packages would cost each process 45 MB.
    sourcemap: 'linked',
    sourcesContent: false,
    plugins: [requiredHttp, importedPackages(request, used), stampedReads(stamps)],
  });
  const files = (outputFiles ?? []).map(({ path, contents }) => ({ name: basename(path), contents }));
  const hash = createHash('sha256');
  for (const { name, contents } of files.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
    hash.update(`${name}\0`).update(contents);
  const others = Object.keys(metafile.inputs)
    .filter((input) => !input.startsWith(`${COMMONJS}:`))
    .map((input) => resolve(project, input))
    .filter((path) => !stamps.has(path));
  return {
    files,
    inputs: { ...stampAll(others, since), ...Object.fromEntries(stamps) },
    packages: importedNames(used, files),
    fingerprint: hash.digest('hex').slice(0, 16),
  };
}

/** By what the bundle says of each: esbuild writes imports in one way only. */
function importedNames(used: ReadonlyMap<string, string>, files: BundledCode['files']): ImportedNames {
  const text = files
    .filter(({ name }) => name.endsWith('.js'))
    .map(({ contents }) => Buffer.from(contents).toString())
    .join('\n');
  return Object.fromEntries(
    [...used].sort().map(([file, path]): [string, Names] => {
      const mentions = text.split(JSON.stringify(path)).slice(0, -1);
      const lists = mentions.map((before) => /(?:^|\n)import \{([^{}]*)\} from $/.exec(before)?.[1]);
      if (lists.includes(undefined)) return [file, '*'];
      const names = lists.flatMap((list) =>
        (list ?? '').split(',').map((name) => name.trim().split(/\s+as\s+/)[0] ?? ''),
      );
      const distinct = [...new Set(names.filter((name) => name !== ''))].sort();
      return [file, distinct.includes('default') ? '*' : distinct];
    }),
  );
}

/** The file with the folder of its packages in it; names of folders have one length, so that source maps stay right. */
export const linked = (contents: Uint8Array, folder: string, before = ANY_PACKAGES): Buffer =>
  Buffer.from(Buffer.from(contents).toString('latin1').replaceAll(before, folder), 'latin1');

/** Leaves packages out of the bundle. @param used Receives the file that each of them is, and its path in the bundle. */
function importedPackages({ packages, ...places }: CodeRequest, used: Map<string, string>): Plugin {
  const known = packages?.entries ?? {};
  const pathOf = (file: string): string => `../../${ANY_PACKAGES}/${outputName(places, file)}`;
  const imports = packageImports(
    'hometrip-packages',
    async (build, args): Promise<OnResolveResult | undefined> => {
      const found = await findPackage(build, places.runtime, args);
      if (found === undefined || found.external || found.namespace !== 'file') return found;
      if (!MODULES.has(extname(found.path)) || !isPackage(found.path, places)) return found;
      used.set(found.path, pathOf(found.path));
      const required = args.kind === 'require-call' || args.kind === 'require-resolve';
      return required || known[found.path]?.commonjs === true
        ? { path: found.path, namespace: COMMONJS }
        : { path: pathOf(found.path), external: true };
    },
  );
  return {
    name: imports.name,
    setup(build) {
      imports.setup(build);
      build.onResolve({ filter: /./, namespace: COMMONJS }, ({ path }) => ({ path, external: true }));
      // Which names there are shows when it runs: as the CommonJS module that it is, it may be imported in any way.
      build.onLoad({ filter: /./, namespace: COMMONJS }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(pathOf(path))})${known[path]?.commonjs === true ? '.default' : ''};`,
      }));
    },
  };
}

/** The runtime of a checkout lies outside of node_modules; a project's own linked folders are its code. */
const isPackage = (path: string, { runtime }: Places): boolean =>
  /[/\\]node_modules[/\\]/.test(path) || isWithin(runtime, path);
