/** What is different from how esbuild bundles by itself. */
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import type { OnResolveArgs, Plugin, PluginBuild, ResolveResult } from 'esbuild';
import { bundledModule, cliFolder } from '../installation.ts';

/** zod brings its messages in fifty languages: three quarters of its size in every process. Services speak one of them. */
export const englishZod: Plugin = {
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

export const loadedLate: Plugin = {
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

/** Why: bundled/http.cjs of the command line. */
export const requiredHttp: Plugin = {
  name: 'required-http',
  setup(build) {
    const path = bundledModule('http.cjs');
    build.onResolve({ filter: /^(node:)?http$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path } : undefined,
    );
  },
};

/** Names of packages, not paths and not a project's own `#names`. */
const BARE = /^[^./#]/;
const again = Symbol('again');

/** Whether an import asks for a package, and was not asked by ourselves. */
const asksForPackage = ({ path, kind, pluginData }: OnResolveArgs): boolean =>
  pluginData !== again && kind !== 'entry-point' && !isBuiltin(path);

/**
 * What a project has not installed itself comes with hometrip: the runtime, and the libraries that the runtime is made
 * of (kysely, jose), which blueprints use as well. Undefined: it is nowhere.
 */
export async function findPackage(
  build: PluginBuild,
  runtime: string,
  { path, kind, importer, resolveDir }: OnResolveArgs,
): Promise<ResolveResult | undefined> {
  for (const from of [resolveDir, runtime, cliFolder()]) {
    const found = await build.resolve(path, { kind, importer, resolveDir: from, pluginData: again });
    if (found.errors.length === 0) return found;
  }
  return undefined;
}

/** Answers imports of packages. @param answer Undefined: as esbuild finds it, or fails to. */
export const packageImports = (
  name: string,
  answer: (build: PluginBuild, args: OnResolveArgs) => ReturnType<Parameters<PluginBuild['onResolve']>[1]>,
): Plugin => ({
  name,
  setup(build) {
    build.onResolve({ filter: BARE }, (args) => (asksForPackage(args) ? answer(build, args) : undefined));
  },
});

/** For code that lies outside of node_modules; what lies in there finds its own. */
export const fromInstallation = (runtime: string): Plugin =>
  packageImports('hometrip-installation', (build, args) =>
    /[/\\]node_modules[/\\]/.test(args.importer) ? undefined : findPackage(build, runtime, args),
  );
