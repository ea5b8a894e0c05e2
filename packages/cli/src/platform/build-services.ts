/**
 * Bundles all services of a stack at once, in a fraction of a second: shared code becomes shared chunks, which start
 * faster and take less memory than TypeScript run directly.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { BuildFailure, BuildOptions, Metafile, Plugin } from 'esbuild';
import { UserError } from './errors.ts';
import { bundledModule, cliFolder, installationRecords, runtimeFolder } from './installation.ts';
import { readPlainFile } from './plain-file.ts';
import { writeFileAtomic } from './state-dir.ts';

export interface BuildRequest {
  /** Findings of the compiler name files relative to it. */
  readonly project: string;
  /** Folder that receives `<hash>/<service>/main.js`, and the stamp by which an unchanged build is recognised. */
  readonly outDir: string;
  /** Entry file by service. */
  readonly entries: Readonly<Record<string, string>>;
}

export interface ServiceBuild {
  /** Folder with `<service>/main.js`. */
  readonly dir: string;
  /** Equal as long as nothing that the service's code consists of has changed, whatever else was built beside it. */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** False when nothing had changed and the last build was taken. */
  readonly built: boolean;
}

interface Stamp {
  readonly key: string;
  readonly dir: string;
  readonly fingerprints: Record<string, string>;
  /** Modification time and size of everything that went in; null for what was missing. */
  readonly inputs: Record<string, string | null>;
}

export const OPTIONS: BuildOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  splitting: true,
  metafile: true,
  logLevel: 'silent',
  // Whatever tsconfig.json lies above the code: it is made for other tools, and may not even be readable.
  tsconfigRaw: { compilerOptions: {} },
  legalComments: 'none',
  // Source maps would cost each process 45 MB; names and the comments with paths are kept.
  minify: false,
  chunkNames: 'chunks/[name]-[hash]',
  // Native or optional parts that libraries load inside try/catch.
  external: ['*.node', 'pg-native', 'bufferutil', 'utf-8-validate'],
  // CommonJS dependencies inside ESM bundles still call require for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

export const bundlePath = (buildDir: string, service: string): string => join(buildDir, service, 'main.js');

/** @throws UserError with the compiler's findings when a service does not compile. */
export async function buildServices(request: BuildRequest): Promise<ServiceBuild> {
  const runtime = runtimeFolder(request.project);
  const key = digest(
    JSON.stringify([
      OPTIONS,
      'required-http, loaded-late 2',
      process.version,
      runtime,
      Object.entries(request.entries).sort(),
    ]),
  );
  const stampFile = join(request.outDir, 'stamp.json');
  const stamp = readStamp(stampFile);
  if (stamp !== undefined && stamp.key === key && isCurrent(stamp)) {
    return { dir: stamp.dir, fingerprints: stamp.fingerprints, built: false };
  }
  await mkdir(request.outDir, { recursive: true });
  const partial = join(request.outDir, `partial-${randomBytes(6).toString('hex')}`);
  try {
    const metafile = await bundle(request, runtime, partial);
    // What is nearest decides: a project whose package.json says "commonjs" has nothing to say about our bundles.
    await writeFile(join(partial, 'package.json'), '{ "type": "module" }\n');
    // Before reading: a file that changes from here on makes the stamp stale rather than wrong.
    const files = Object.keys(metafile.inputs).map((input) => resolve(request.project, input));
    const inputs = Object.fromEntries(
      [...files, ...installedHere(request.project, runtime)].sort().map((file) => [file, statStamp(file)]),
    );
    const fingerprints = fingerprintAll(request, runtime, metafile);
    const dir = join(request.outDir, digest(JSON.stringify([OPTIONS, Object.entries(fingerprints).sort()])));
    await moveInto(partial, dir);
    writeFileAtomic(stampFile, JSON.stringify({ key, dir, fingerprints, inputs } satisfies Stamp));
    return { dir, fingerprints, built: true };
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** A command that has built may not have come to the use of it yet. */
const YOUNG_MS = 60_000;

/** Removes builds that nothing runs from any more. */
export async function pruneBuilds(outDir: string, keep: ReadonlySet<string>): Promise<void> {
  const names = await readdir(outDir).catch(() => []);
  const stale = names
    .map((name) => join(outDir, name))
    .filter((dir) => /[/\\][0-9a-f]{16}$/.test(dir) && !keep.has(dir) && ageOf(dir) > YOUNG_MS);
  await Promise.all(stale.map((dir) => rm(dir, { recursive: true, force: true })));
}

const ageOf = (dir: string): number => Date.now() - (statSync(dir, { throwIfNoEntry: false })?.mtimeMs ?? 0);

async function bundle(request: BuildRequest, runtime: string, outdir: string): Promise<Metafile> {
  const esbuild = await import('esbuild');
  const entryPoints = Object.entries(request.entries).map(([service, entry]) => ({
    in: entry,
    out: `${service}/main`,
  }));
  try {
    const result = await esbuild.build({
      ...OPTIONS,
      entryPoints,
      outdir,
      absWorkingDir: request.project,
      plugins: pluginsFor(runtime),
    });
    return result.metafile as Metafile;
  } catch (error) {
    throw await explained(error, request.project);
  }
}

/** @param runtime Folder of the project's `@hometrip/runtime`. */
export const pluginsFor = (runtime: string): Plugin[] => [
  englishZod,
  loadedLate,
  requiredHttp,
  fromInstallation(runtime),
];

/** What the compiler refuses, with code frames; any other error as it is. */
export async function explained(error: unknown, project: string): Promise<unknown> {
  const failure = error as Partial<BuildFailure>;
  if (failure.errors === undefined) return error;
  const esbuild = await import('esbuild');
  const findings = await esbuild.formatMessages(
    failure.errors.map((found) => ({ ...found, notes: [] })),
    {
      kind: 'error',
      color: false,
      terminalWidth: 110,
    },
  );
  const first = failure.errors[0]?.location;
  // Not about the code: the disk is full, or the folder is not ours to write to.
  const unwritten = failure.errors.find(({ text }) =>
    /^Failed to (write to output file|create output directory)/.test(text),
  );
  if (unwritten !== undefined)
    return new UserError(`the built services cannot be written: ${unwritten.text}`, {
      next: [
        'make room on the disk, or give this user the right to write there, then run the command again',
      ],
      cause: error,
    });
  return new UserError(
    `the services do not compile\n${findings.map((finding) => finding.trimEnd()).join('\n')}`,
    {
      ...(first == null
        ? {}
        : { where: `${resolve(project, first.file)}:${first.line}:${first.column + 1}` }),
      next: ['correct the code above and run the command again'],
      cause: error,
    },
  );
}

/** zod brings its messages in fifty languages: three quarters of its size in every process. Services speak one of them. */
const englishZod: Plugin = {
  name: 'english-zod',
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** What libraries load for uses that may never come to be, in every process: it is loaded at the first use instead. */
const LATE: readonly { readonly file: RegExp; readonly replace: Readonly<Record<string, string>> }[] = [
  {
    // HTTP/2 and TLS.
    file: /[\\/]undici[\\/]lib[\\/]dispatcher[\\/]client\.js$/,
    replace: {
      "const connectH2 = require('./client-h2.js')":
        "const connectH2 = (...args) => require('./client-h2.js')(...args)",
    },
  },
  {
    // Two HTTP clients and compression.
    file: /[\\/]prom-client[\\/]index\.js$/,
    replace: {
      "exports.Pushgateway = require('./lib/pushgateway')":
        "Object.defineProperty(exports, 'Pushgateway', { enumerable: true, get: () => require('./lib/pushgateway') })",
    },
  },
  {
    // OpenTelemetry's API.
    file: /[\\/]prom-client[\\/]lib[\\/]metrics[\\/]processCpuTotal\.js$/,
    replace: {
      "const OtelApi = require('@opentelemetry/api');": '',
      'OtelApi.': "require('@opentelemetry/api').",
    },
  },
];

const loadedLate: Plugin = {
  name: 'loaded-late',
  setup(build) {
    for (const { file, replace } of LATE)
      build.onLoad({ filter: file }, ({ path }) => ({
        contents: Object.entries(replace).reduce(
          (text, [now, late]) => text.replaceAll(now, () => late),
          readFileSync(path, 'utf8'),
        ),
      }));
  },
};

/** Why: bundled/http.cjs. */
const requiredHttp: Plugin = {
  name: 'required-http',
  setup(build) {
    const path = bundledModule('http.cjs');
    build.onResolve({ filter: /^(node:)?http$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path } : undefined,
    );
  },
};

/**
 * What a project has not installed itself comes with hometrip: the runtime, and the libraries that the runtime is made
 * of (kysely, jose), which blueprints use as well.
 */
function fromInstallation(runtime: string): Plugin {
  const again = Symbol('again');
  return {
    name: 'hometrip-installation',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (
          pluginData === again ||
          kind === 'entry-point' ||
          isBuiltin(path) ||
          /[/\\]node_modules[/\\]/.test(importer)
        )
          return undefined;
        for (const from of [resolveDir, runtime, cliFolder()]) {
          const found = await build.resolve(path, { kind, importer, resolveDir: from, pluginData: again });
          if (found.errors.length === 0) return found;
        }
        return undefined;
      });
    },
  };
}

/** Contents of all modules that the entry can reach: names of shared chunks depend on the other services, this does not. */
function fingerprintAll(request: BuildRequest, runtime: string, metafile: Metafile): Record<string, string> {
  const contents = new Map<string, string>();
  const contentOf = (input: string): string => {
    const known = contents.get(input);
    if (known !== undefined) return known;
    const path = resolve(request.project, input);
    const hash = existsSync(path) ? digest(readFileSync(path)) : input;
    contents.set(input, hash);
    return hash;
  };
  return Object.fromEntries(
    Object.entries(request.entries).map(([service, entry]) => {
      const start = Object.keys(metafile.inputs).find(
        (input) => resolve(request.project, input) === resolve(entry),
      );
      const reached = new Set<string>();
      const queue = start === undefined ? [] : [start];
      for (let input = queue.pop(); input !== undefined; input = queue.pop()) {
        if (reached.has(input)) continue;
        reached.add(input);
        for (const { path, external } of metafile.inputs[input]?.imports ?? [])
          if (external !== true) queue.push(path);
      }
      const lines = [...reached]
        .map((input) => `${portable(request.project, runtime, input)} ${contentOf(input)}`)
        .sort();
      return [service, digest([process.version, ...lines].join('\n'))];
    }),
  );
}

/** Says what a file is in every checkout and installation of the same code, so that its services have equal fingerprints. */
export function portable(project: string, runtime: string, input: string): string {
  const path = resolve(project, input);
  for (const [name, folder] of [
    ['@hometrip/runtime', runtime],
    ['@hometrip/cli', cliFolder()],
  ] as const) {
    const inside = relative(folder, path);
    if (!inside.startsWith('..') && !isAbsolute(inside)) return join(name, inside);
  }
  return /.*[/\\]node_modules[/\\](.+)$/s.exec(path)?.[1] ?? relative(project, path);
}

/** Undefined for anything that is not a stamp: then everything is built. */
function readStamp(path: string): Stamp | undefined {
  try {
    const stamp = JSON.parse(readPlainFile(path)) as Partial<Stamp> | null;
    const whole =
      typeof stamp?.key === 'string' &&
      typeof stamp.dir === 'string' &&
      Object.values({ ...stamp.fingerprints }).every((value) => typeof value === 'string') &&
      typeof stamp.fingerprints === 'object' &&
      typeof stamp.inputs === 'object';
    return whole ? (stamp as Stamp) : undefined;
  } catch {
    return undefined;
  }
}

function isCurrent(stamp: Stamp): boolean {
  return (
    existsSync(stamp.dir) && Object.entries(stamp.inputs).every(([path, known]) => statStamp(path) === known)
  );
}

function statStamp(path: string): string | null {
  const info = statSync(path, { throwIfNoEntry: false });
  return info === undefined ? null : `${info.mtimeMs} ${info.size} ${info.ino}`;
}

/** What says which package is found where: another version of a dependency may lie at another path. */
const installedHere = (project: string, runtime: string): string[] => [
  ...new Set([
    ...installationRecords(project),
    ...installationRecords(runtime),
    join(runtime, 'package.json'),
  ]),
];

async function moveInto(partial: string, dir: string): Promise<void> {
  if (existsSync(dir)) return; // the same code was built before
  await rename(partial, dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}

const digest = (data: string | Buffer): string =>
  createHash('sha256').update(data).digest('hex').slice(0, 16);
