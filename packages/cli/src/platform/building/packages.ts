/**
 * The packages of all services, the runtime among them, bundled once: what they share becomes shared chunks, which start
 * faster and take less memory than their many files. They change seldom, and the code of a service is bundled without them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { bundle } from './esbuild.ts';
import { contentDigest, digest, isWithin, type Places, portable, reachedFrom } from './fingerprints.ts';
import { englishZod, fromInstallation, loadedLate, requiredHttp } from './plugins.ts';

export interface BundledPackages {
  /** Name of their folder, beside those of the builds. */
  readonly folder: string;
  /** By the file that an import of the package leads to. */
  readonly entries: Readonly<Record<string, BundledPackage>>;
}

/** What is imported of a package: single names; or all that it has, also for its default export, which is made in many ways. */
export type Names = readonly string[] | '*';

/** By the file that the import leads to. */
export type ImportedNames = Readonly<Record<string, Names>>;

export interface BundledPackage {
  /** Its file in the folder. */
  readonly output: string;
  /** What it exports: what nothing imports is left out of its bundle. */
  readonly names: Names;
  /** With all names: which there are is known when it runs, and everything is its default export. */
  readonly commonjs: boolean;
  /** Equal as long as nothing that it consists of has changed. */
  readonly fingerprint: string;
}

export const packagesFolder = (hash: string): string => `packages-${hash}`;

/**
 * Names that are wanted by any of them. Of the runtime that is everything: it is made for services, and they use most of it. So it
 * is of CommonJS, where to ask for a name may be to load what is behind it.
 */
export function allNames(wishes: readonly ImportedNames[], { runtime }: Places): ImportedNames {
  const all = new Map<string, Names>();
  for (const [file, names] of wishes.flatMap((wish) => Object.entries(wish))) {
    const before = all.get(file) ?? [];
    const whole = names === '*' || before === '*' || isWithin(runtime, file) || !isEsModule(file);
    all.set(file, whole ? '*' : [...new Set([...before, ...names])].sort());
  }
  return Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** By Node's rules. */
function isEsModule(file: string): boolean {
  if (/\.m[jt]s$/.test(file)) return true;
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest))
      return (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: unknown }).type === 'module';
  }
  return false;
}

/** Whether all of these names were bundled. */
export const isBundled = (packages: BundledPackages | undefined, wanted: ImportedNames): boolean =>
  Object.entries(wanted).every(([file, names]) => {
    const known = packages?.entries[file];
    if (known === undefined || known.names === '*') return known !== undefined;
    return names !== '*' && names.every((name) => known.names.includes(name));
  });

/** Bundles into `outdir`, whose name is not yet that of {@link BundledPackages}. `inputs`: absolute paths of all that went in. */
export async function bundlePackages(
  places: Places,
  wanted: ImportedNames,
  outdir: string,
): Promise<BundledPackages & { readonly inputs: readonly string[] }> {
  const { project, runtime } = places;
  const { metafile } = await bundle({
    entryPoints: Object.entries(wanted).map(([file, names]) => ({
      in: names === '*' ? file : ENTRY + file,
      out: outputName(places, file).replace(/\.js$/, ''),
    })),
    outdir,
    absWorkingDir: project,
    chunkNames: '[name]-[hash]',
    plugins: [entries(wanted), englishZod, loadedLate, requiredHttp, fromInstallation(runtime)],
  });
  const content = contentDigest();
  const byPath = new Map(
    Object.keys(metafile.inputs)
      .filter((input) => !input.startsWith(ENTRY))
      .map((input) => [resolve(project, input), input]),
  );
  const found = Object.entries(wanted).map(([file, names]): [string, BundledPackage] => {
    const start = byPath.get(file) ?? file;
    const lines = [...reachedFrom(metafile, start)].map((input) => {
      const path = resolve(project, input);
      return `${portable(places, path)} ${content(path)}`;
    });
    return [
      file,
      {
        output: outputName(places, file),
        names,
        commonjs: names === '*' && metafile.inputs[start]?.format === 'cjs',
        fingerprint: digest(lines.sort().join('\n')),
      },
    ];
  });
  const identity = found.map(
    ([, { output, names, fingerprint }]) => `${output} ${String(names)} ${fingerprint}`,
  );
  return {
    folder: packagesFolder(digest(identity.join('\n'))),
    entries: Object.fromEntries(found),
    inputs: [...byPath.keys()],
  };
}

const ENTRY = 'package-entry:';

/** A module for a package that hands on what is wanted of it. */
const entries = (wanted: ImportedNames): Plugin => ({
  name: 'package-entries',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^${ENTRY}`) }, ({ path }) => ({
      path: path.slice(ENTRY.length),
      namespace: ENTRY.slice(0, -1),
    }));
    build.onLoad({ filter: /./, namespace: ENTRY.slice(0, -1) }, ({ path }) => {
      const names = wanted[path] ?? [];
      return {
        resolveDir: dirname(path),
        contents: `export { ${[...names].join(', ')} } from ${JSON.stringify(path)};`,
      };
    });
  },
});

/** Readable, distinct for distinct files, and the same wherever the project lies with all its packages. */
export function outputName(places: Places, file: string): string {
  const name = portable(places, file)
    .replace(/\.[a-z]+$/, '')
    .replace(/[^A-Za-z0-9]+/g, '-');
  return `${name}-${digest(relative(places.project, file)).slice(0, 8)}.js`;
}
