/**
 * The OpenAPI document that a service's own code gives: bundled as it will be on disk, and asked in a process of its own, which has no
 * settings, no secrets, and no more than a few seconds. Nothing that the code does can fail the command that asks.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Plugin } from 'esbuild';
import { bundle, CompileFailure } from './building/esbuild.ts';
import { findPackage, packageImports } from './building/plugins.ts';
import { type Evidence, readSeen } from './evidence.ts';
import { runtimeFolder } from './installation.ts';

export interface CodeDocumentRequest {
  readonly project: string;
  /** Absolute path of the service's main.ts. */
  readonly entry: string;
  /** Files that are about to be written, by absolute path. */
  readonly pending: ReadonlyMap<string, Uint8Array>;
  /** Receives all files that the document depends on. */
  readonly evidence: Evidence;
  /** Milliseconds that it may take to load. */
  readonly patience?: number | undefined;
}

/** Why there is no document: what happened, and where in the user's code, relative to the project (`generated/…/routes.ts:12:3`). */
export interface CodeProblem {
  readonly message: string;
  readonly where: string | undefined;
}

export type CodeDocument =
  | { readonly document: Readonly<Record<string, unknown>>; readonly problem?: undefined }
  | { readonly document?: undefined; readonly problem: CodeProblem };

/** Loading a service takes half a second on an idle machine. */
const PATIENCE_MS = 20_000;
const MODULE = /\.[cm]?[jt]s$/;

export async function codeDocument(request: CodeDocumentRequest): Promise<CodeDocument> {
  const folder = mkdtempSync(join(tmpdir(), 'hometrip-document-'));
  try {
    const main = join(folder, 'main.mjs');
    const modules = await compile(request, main);
    const answer = join(folder, 'openapi.json');
    const ran = await run(main, answer, request.patience ?? PATIENCE_MS);
    const document = parsed(readOr(answer)) ?? parsed(ran.stdout);
    return document === undefined ? { problem: problemOf(request, ran, modules) } : { document };
  } catch (error) {
    if (error instanceof CompileFailure) return { problem: compileProblem(request, error) };
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The service's own modules in one file; packages are imported from where they are installed. @returns absolute paths of the modules. */
async function compile(
  { project, entry, pending, evidence }: CodeDocumentRequest,
  outfile: string,
): Promise<readonly string[]> {
  const packages = new Set<string>();
  const { metafile, outputFiles } = await bundle({
    entryPoints: [entry],
    outfile,
    splitting: false,
    write: false,
    absWorkingDir: project,
    sourcemap: 'inline',
    sourcesContent: false,
    plugins: [fromMemory(pending), outside(runtimeFolder(project), packages)],
  });
  const modules = Object.keys(metafile.inputs).map((input) => resolve(project, input));
  for (const path of modules) if (!pending.has(path)) readSeen(path, evidence);
  // Another version of a package may say other things; its files are nobody's to edit.
  for (const path of packages) for (const manifest of manifestsAbove(path)) readSeen(manifest, evidence);
  for (const { path, contents } of outputFiles ?? []) writeFileSync(path, contents);
  return modules;
}

function fromMemory(pending: ReadonlyMap<string, Uint8Array>): Plugin {
  return {
    name: 'about-to-be-written',
    setup(build) {
      build.onResolve({ filter: /^\.{0,2}[/\\]|^[A-Za-z]:/ }, ({ path, resolveDir }) => {
        const full = resolve(resolveDir, path);
        return pending.has(full) ? { path: full } : undefined;
      });
      build.onLoad({ filter: MODULE }, ({ path }) => {
        const contents = pending.get(path);
        return contents === undefined ? undefined : { contents, loader: 'ts', resolveDir: dirname(path) };
      });
    },
  };
}

const outside = (runtime: string, packages: Set<string>): Plugin =>
  packageImports('from-where-they-are', async (build, args) => {
    const found = await findPackage(build, runtime, args);
    if (found === undefined || found.external || found.namespace !== 'file') return found;
    if (!MODULE.test(found.path)) return found;
    packages.add(found.path);
    return { path: pathToFileURL(found.path).href, external: true };
  });

/** package.json of a module's package, and the places below that where one might come to be. */
function manifestsAbove(path: string): string[] {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (readOr(manifest) !== '') return [manifest];
    if (dirname(folder) === folder) return [];
  }
}

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

async function run(main: string, answer: string, patience: number): Promise<Ran> {
  const { PATH, SystemRoot } = process.env;
  try {
    const output = await promisify(execFile)(
      process.execPath,
      ['--enable-source-maps', main, 'openapi', answer],
      {
        cwd: dirname(main),
        env: { ...(PATH !== undefined && { PATH }), ...(SystemRoot !== undefined && { SystemRoot }) },
        timeout: patience,
        killSignal: 'SIGKILL',
        maxBuffer: 64 * 2 ** 20,
      },
    );
    return { ...output, timedOut: false };
  } catch (error) {
    const { stdout, stderr, killed, message } = error as {
      [key in 'stdout' | 'stderr' | 'message']?: string;
    } & {
      killed?: boolean;
    };
    return { stdout: stdout ?? '', stderr: stderr || (message ?? ''), timedOut: killed === true };
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const whole =
      typeof value === 'object' &&
      value !== null &&
      isObject(value, 'paths') &&
      isObject(value, 'components');
    return whole ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: object, key: string): boolean => {
  const member = (value as Record<string, unknown>)[key];
  return typeof member === 'object' && member !== null;
};

function compileProblem({ project }: CodeDocumentRequest, { errors }: CompileFailure): CodeProblem {
  const [first] = errors;
  const place = first?.location;
  return {
    message: first?.text ?? 'it does not compile',
    where:
      place == null
        ? undefined
        : `${relative(project, resolve(project, place.file))}:${place.line}:${place.column + 1}`,
  };
}

/** From what Node prints of an error that nobody caught: its message, and the first frame in the project's own code. */
function problemOf(
  { project, entry, patience = PATIENCE_MS }: CodeDocumentRequest,
  { stderr, timedOut }: Ran,
  modules: readonly string[],
): CodeProblem {
  const plain = stderr.replaceAll(/file:\/\/[^\s)]+?(?=:\d)/g, (url) => pathOf(url));
  const frames = [...plain.matchAll(/((?:[A-Za-z]:)?[/\\][^\n()]*?\.[cm]?[jt]s):(\d+)(?::(\d+))?/g)];
  const own = frames.filter(
    ([, path = '']) => isWithin(project, path) && !/[/\\]node_modules[/\\]/.test(path),
  );
  // The line above the message has no column, and is the statement, not the place in it.
  const [, path, line, column] = own.find(([, , , at]) => at !== undefined) ?? own[0] ?? [];
  const message = timedOut
    ? `it was still running ${patience / 1_000} s after it was loaded: what a module does when it is imported has to end`
    : (/^(?:[A-Za-z_$][\w$]*)?(?:Error|Exception)(?: \[[^\]]*\])?: (.+)$/m.exec(plain)?.[1] ??
      plain.trim().split('\n').at(-1) ??
      'it ended without a document');
  return {
    message: message === '' ? 'it ended without a document' : message,
    where:
      placeOfRoute(message, project, modules) ??
      (path === undefined
        ? relative(project, entry)
        : `${relative(project, path)}:${line}${column === undefined ? '' : `:${column}`}`),
  };
}

/** What the runtime says of a declared route names its path, where the stack only knows who asked for all of them. */
function placeOfRoute(message: string, project: string, modules: readonly string[]): string | undefined {
  const route = /\b(?:GET|POST|PUT|PATCH|DELETE) (\/\S*)/.exec(message)?.[1];
  if (route === undefined) return undefined;
  for (const path of modules) {
    const lines = readOr(path).split('\n');
    const at = lines.findIndex((line) =>
      ["'", '"', '`'].some((quote) => line.includes(quote + route + quote)),
    );
    if (at >= 0) return `${relative(project, path)}:${at + 1}`;
  }
  return undefined;
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}

function isWithin(folder: string, path: string): boolean {
  const inside = relative(folder, path);
  return inside !== '' && !inside.startsWith('..') && !/^[A-Za-z]:/.test(inside);
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
