/**
 * Bundles the services of a stack: packages once for all of them, and the code of each service by itself, in milliseconds. What
 * has not changed since the last build is taken from there. Why: docs/decisions/0045-packages-are-bundled-once.md.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ANY_PACKAGES, type BundledCode, bundleCode, linked } from './building/code.ts';
import { COMMON, CompileFailure, explainFailures } from './building/esbuild.ts';
import { digest, type Places } from './building/fingerprints.ts';
import {
  allNames,
  type BundledPackages,
  bundlePackages,
  type ImportedNames,
  isBundled,
} from './building/packages.ts';
import { type Inputs, isCurrent, stampAll } from './building/stamps.ts';
import { UserError } from './errors.ts';
import { installationRecords, runtimeFolder } from './installation.ts';
import { readPlainFile } from './plain-file.ts';
import { writeFileAtomic } from './state-dir.ts';

export interface BuildRequest {
  /** Findings of the compiler name files relative to it. */
  readonly project: string;
  /** Folder that receives `<hash>/<service>/main.js`, the packages, and the stamp by which what is unchanged is recognised. */
  readonly outDir: string;
  /** Entry file by service. */
  readonly entries: Readonly<Record<string, string>>;
}

export interface ServiceBuild {
  /** Folder with `<service>/main.js`. */
  readonly dir: string;
  /** Equal as long as nothing that the service's code consists of has changed, whatever else was built beside it. */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** Of modules that services consist of, packages left out: absolute paths. */
  readonly sources: readonly string[];
  /** False when nothing had changed and the last build was taken. */
  readonly built: boolean;
}

interface BuiltService extends Pick<BundledCode, 'packages' | 'fingerprint' | 'inputs'> {
  readonly entry: string;
}

interface Stamp {
  readonly key: string;
  readonly dir: string;
  readonly packages: BundledPackages & { readonly inputs: Inputs };
  readonly services: Readonly<Record<string, BuiltService>>;
}

export const bundlePath = (buildDir: string, service: string): string => join(buildDir, service, 'main.js');

/** @throws UserError with the compiler's findings when a service does not compile. */
export async function buildServices(request: BuildRequest): Promise<ServiceBuild> {
  const { project, outDir } = request;
  const runtime = runtimeFolder(project);
  const key = digest(JSON.stringify([COMMON, 'packages apart 1', process.version, runtime, project]));
  const stampFile = join(outDir, 'stamp.json');
  const last = readStamp(stampFile, key);
  const reused = last === undefined ? [] : unchanged(request, last);
  const packagesAreCurrent = last !== undefined && isPresent(outDir, last) && isCurrent(last.packages.inputs);
  if (
    last !== undefined &&
    packagesAreCurrent &&
    reused.length === Object.keys(request.entries).length &&
    reused.length === Object.keys(last.services).length
  )
    return resultOf(last, false);
  await mkdir(outDir, { recursive: true });
  const partial = join(outDir, `partial-${randomBytes(6).toString('hex')}`);
  try {
    const stamp = await build(
      { ...request, runtime },
      key,
      partial,
      packagesAreCurrent ? { last, reused } : undefined,
    );
    writeFileAtomic(stampFile, JSON.stringify(stamp));
    return resultOf(stamp, true);
  } catch (error) {
    throw await explained(request.project, error);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

const resultOf = ({ dir, packages, services }: Stamp, built: boolean): ServiceBuild => ({
  dir,
  built,
  sources: [...new Set(Object.values(services).flatMap(({ inputs }) => Object.keys(inputs)))],
  fingerprints: Object.fromEntries(
    Object.entries(services).map(([name, service]) => [name, fingerprintOf(service, packages)]),
  ),
});

const fingerprintOf = (service: BuiltService, { entries }: BundledPackages): string =>
  digest(
    [
      process.version,
      service.fingerprint,
      ...Object.keys(service.packages).map((file) => entries[file]?.fingerprint),
    ].join('\n'),
  );

/** @param known What of the last build still holds. */
async function build(
  request: BuildRequest & Places,
  key: string,
  partial: string,
  known: { readonly last: Stamp; readonly reused: readonly string[] } | undefined,
): Promise<Stamp> {
  const { outDir } = request;
  const since = Date.now();
  const reused = new Map(
    (known?.reused ?? []).map((name) => [name, known?.last.services[name] as BuiltService]),
  );
  const changed = Object.keys(request.entries).filter((name) => !reused.has(name));
  const before = known?.last.packages;
  const first = await bundleAll(request, changed, partial, before);
  const wishes = [...first.values(), ...reused.values()].map(({ packages }) => packages);
  // What nothing imports any more goes when something else comes.
  const packages =
    before !== undefined && wishes.every((wish) => isBundled(before, wish))
      ? before
      : await makePackages(request, allNames(wishes, request), partial, since);
  // How a package has to be imported is known now.
  const again = [...first].flatMap(([name, code]) => (isBundled(before, code.packages) ? [] : [name]));
  const bundled = new Map([...first, ...(await bundleAll(request, again, partial, packages))]);
  const services: Record<string, BuiltService> = {};
  for (const [name, entry] of Object.entries(request.entries)) {
    const code = bundled.get(name);
    const old = reused.get(name);
    const files = code?.files ?? (known === undefined ? [] : await filesOf(join(known.last.dir, name)));
    const from = code === undefined ? before?.folder : ANY_PACKAGES;
    await mkdir(join(partial, name), { recursive: true });
    for (const file of files)
      await writeFile(join(partial, name, file.name), linked(file.contents, packages.folder, from));
    services[name] = code === undefined ? (old as BuiltService) : serviceOf(entry, code);
  }
  await noteKind(partial, { packages: packages.folder });
  const identity = Object.entries(services).map(
    ([name, service]) => `${name} ${fingerprintOf(service, packages)}`,
  );
  const dir = join(outDir, digest([key, packages.folder, ...identity.sort()].join('\n')));
  await moveInto(partial, dir);
  return { key, dir, packages, services };
}

const filesOf = async (folder: string): Promise<BundledCode['files']> =>
  await Promise.all(
    (await readdir(folder)).map(async (name) => ({ name, contents: await readFile(join(folder, name)) })),
  );

async function bundleAll(
  { project, runtime, entries }: BuildRequest & Places,
  names: readonly string[],
  partial: string,
  packages: BundledPackages | undefined,
): Promise<ReadonlyMap<string, BundledCode>> {
  const results = await Promise.allSettled(
    names.map((name) =>
      bundleCode({ project, runtime, packages, entry: entries[name] ?? '', outdir: join(partial, name) }),
    ),
  );
  const failures = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  const unexpected = failures.find((failure) => !(failure instanceof CompileFailure));
  if (unexpected !== undefined) throw unexpected;
  if (failures.length > 0)
    throw new CompileFailure(
      (failures as CompileFailure[]).flatMap(({ errors }) => errors),
      failures[0],
    );
  return new Map(
    results.flatMap((result, index) =>
      result.status === 'fulfilled' ? [[names[index] ?? '', result.value] as const] : [],
    ),
  );
}

async function makePackages(
  { project, runtime, outDir }: BuildRequest & Places,
  wanted: ImportedNames,
  beside: string,
  since: number,
): Promise<Stamp['packages']> {
  const partial = `${beside}-packages`;
  try {
    const { inputs, ...packages } = await bundlePackages({ project, runtime }, wanted, partial);
    await mkdir(partial, { recursive: true });
    await noteKind(partial);
    await moveInto(partial, join(outDir, packages.folder));
    return { ...packages, inputs: stampAll([...inputs, ...installedHere(project, runtime)], since) };
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

const serviceOf = (entry: string, { packages, fingerprint, inputs }: BundledCode): BuiltService => ({
  entry,
  packages,
  fingerprint,
  inputs,
});

/** What is nearest decides: a project whose package.json says "commonjs" has nothing to say about our bundles. */
const noteKind = (folder: string, more: object = {}): Promise<void> =>
  writeFile(join(folder, 'package.json'), `${JSON.stringify({ type: 'module', ...more })}\n`);

async function explained(project: string, error: unknown): Promise<unknown> {
  if (!(error instanceof CompileFailure))
    return isOfDisk(error)
      ? new UserError(`the built services cannot be written: ${(error as Error).message}`, {
          next: [
            'make room on the disk, or give this user the right to write there, then run the command again',
          ],
          cause: error,
        })
      : error;
  // Not about the code: the disk is full, or the folder is not ours to write to.
  const unwritten = error.errors.find(({ text }) =>
    /^Failed to (write to output file|create output directory)/.test(text),
  );
  return unwritten === undefined
    ? await explainFailures(project, [error])
    : await explained(project, Object.assign(new Error(unwritten.text), { syscall: 'write' }));
}

const isOfDisk = (error: unknown): boolean => error instanceof Error && 'syscall' in error;

/** A command that has built may not have come to the use of it yet. */
const YOUNG_MS = 60_000;

/** Removes builds that nothing runs from any more, and packages that no build is left for. */
export async function pruneBuilds(outDir: string, keep: ReadonlySet<string>): Promise<void> {
  const names = await readdir(outDir).catch(() => []);
  const builds = names.filter((name) => /^[0-9a-f]{16}$/.test(name)).map((name) => join(outDir, name));
  const stale = builds.filter((dir) => !keep.has(dir) && ageOf(dir) > YOUNG_MS);
  const used = new Set(builds.filter((dir) => !stale.includes(dir)).map(packagesOf));
  const unused = names.filter((name) => name.startsWith('packages-') && !used.has(name));
  const past = unused.map((name) => join(outDir, name)).filter((dir) => ageOf(dir) > YOUNG_MS);
  await Promise.all([...stale, ...past].map((dir) => rm(dir, { recursive: true, force: true })));
}

function packagesOf(dir: string): unknown {
  try {
    return (JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as { packages?: unknown }).packages;
  } catch {
    return undefined;
  }
}

const ageOf = (dir: string): number => Date.now() - (statSync(dir, { throwIfNoEntry: false })?.mtimeMs ?? 0);

/** Undefined for anything that is not a stamp of this kind: then everything is built. */
function readStamp(path: string, key: string): Stamp | undefined {
  try {
    const stamp = JSON.parse(readPlainFile(path)) as Partial<Stamp> | null;
    const whole =
      stamp?.key === key &&
      typeof stamp.dir === 'string' &&
      typeof stamp.packages?.folder === 'string' &&
      Object.values(stamp.packages.entries).every(({ fingerprint }) => typeof fingerprint === 'string') &&
      typeof stamp.packages.inputs === 'object' &&
      Object.values(stamp.services ?? [undefined]).every(
        (service) => typeof service?.packages === 'object' && typeof service.inputs === 'object',
      );
    return whole ? (stamp as Stamp) : undefined;
  } catch {
    return undefined;
  }
}

const isPresent = (outDir: string, { dir, packages }: Stamp): boolean =>
  existsSync(dir) && existsSync(join(outDir, packages.folder));

/** Services whose code is what it was, and that lie where they were built. */
const unchanged = ({ entries }: BuildRequest, { dir, services }: Stamp): string[] =>
  Object.entries(entries).flatMap(([name, entry]) => {
    const service = services[name];
    const same = service?.entry === entry && existsSync(bundlePath(dir, name)) && isCurrent(service.inputs);
    return same ? [name] : [];
  });

/** What says which package is found where: another version of a dependency may lie at another path. */
const installedHere = (project: string, runtime: string): string[] => [
  ...new Set([
    ...installationRecords(project),
    ...installationRecords(runtime),
    join(runtime, 'package.json'),
  ]),
];

async function moveInto(partial: string, dir: string): Promise<void> {
  if (existsSync(dir)) {
    // The same was built before; and is young again, so that it is not removed before it is used.
    utimesSync(dir, new Date(), new Date());
    return;
  }
  await rename(partial, dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}
