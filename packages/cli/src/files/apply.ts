/** Carries a plan out. It holds no decisions; it makes sure that a kill at any moment loses nothing. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../platform/errors.ts';
import { changedPacks, type BaseChanges } from './base-store.ts';
import type { FilePlan, FileWrite } from './file-plan.ts';
import { formatJournal, journalPaths, spentFolders } from './journal.ts';
import { lockTree, type TreeLock } from './lock.ts';
import { formatManifest } from './manifest.ts';
import {
  BASE_DIR,
  JOURNAL_PATH,
  MANIFEST_PATH,
  STATE_DIR,
  TEMP_SUFFIX,
  parentFolders,
  tempPath,
} from './paths.ts';
import { diskReader, type DiskNode, listNames, readText } from './disk.ts';
import { diskFs, type TreeFs } from './tree-fs.ts';

export interface ApplyOptions {
  /** The lock that the caller took before it read the tree; taken here when absent. */
  readonly lock?: TreeLock;
  /** For tests: stops between two operations. */
  readonly fs?: TreeFs;
}

/** Tells git what our folder holds: hidden in reviews, never converted, and our short-lived files left out. */
const HOUSEKEEPING: ReadonlyMap<string, string> = new Map([
  [
    `${STATE_DIR}/.gitattributes`,
    '# Kept by hometrip: what it generated last, so that your edits can be merged. Commit it; do not edit it.\n' +
      '* -text\nmanifest.json linguist-generated\nbase/* linguist-generated -diff\n',
  ],
  [`${STATE_DIR}/.gitignore`, `lock\npending.json\n*${TEMP_SUFFIX}\n`],
]);

/** Files are written and made durable in groups, well below the usual limit of open files. */
const GROUP = 200;

/**
 * Writes what the plan says: journal, deletes, files, pristine texts, manifest, and the journal goes. Each file goes
 * through a temporary file, fsync and rename. Does nothing at all when there is nothing to write.
 * @throws UserError when a file or the manifest changed since the plan was made, or the system refuses to write.
 */
export async function applyPlan(plan: FilePlan, options: ApplyOptions = {}): Promise<void> {
  const manifest = formatManifest(plan.manifest);
  if (
    plan.recovered === undefined &&
    plan.writes.length === 0 &&
    plan.base.size === 0 &&
    plan.manifestBefore === manifest
  )
    return;
  const lock = options.lock ?? (await lockTree(plan.out));
  try {
    checkStillAsPlanned(plan);
    await carryOut(plan, manifest, options.fs ?? diskFs(plan.out));
  } catch (error) {
    throw explained(error);
  } finally {
    if (options.lock === undefined) lock.release();
  }
}

async function carryOut(plan: FilePlan, manifest: string, fs: TreeFs): Promise<void> {
  if (plan.recovered !== undefined) await finishKilledRun(plan.out, plan.recovered, fs);
  if (plan.writes.length > 0) await replaceFiles(plan.out, fs, [ours(JOURNAL_PATH, formatJournal(plan))]);

  const deletes = plan.writes.filter((write) => write.content === undefined).map(({ path }) => path);
  for (const path of deletes) fs.remove(path);
  const gone = removeEmptyFolders(fs, deletes);
  await fs.syncFolders([
    ...new Set(deletes.map((path) => parentFolders(path).findLast((folder) => !gone.has(folder)) ?? '.')),
  ]);
  await replaceFiles(plan.out, fs, plan.writes.filter(replaces));

  await writeRecords(plan.out, { manifest, base: plan.base }, fs);
}

/** Cleans up behind a run that was killed, so that the records say what is true and the next journal can start. */
async function finishKilledRun(
  out: string,
  recovered: NonNullable<FilePlan['recovered']>,
  fs: TreeFs,
): Promise<void> {
  const journal = readText(join(out, JOURNAL_PATH));
  const look = diskReader(out, spentFolders(journal));
  const left = journalPaths(journal).filter(({ path }) => look(path)?.kind !== 'blocked');
  for (const { path } of left) fs.remove(tempPath(path));
  removeEmptyFolders(
    fs,
    left.filter(({ deletes }) => deletes).map(({ path }) => path),
  );
  await writeRecords(out, { manifest: formatManifest(recovered.manifest), base: recovered.base }, fs);
}

/** Pristine texts first, then the manifest that counts on them; the journal goes when both are in place. */
async function writeRecords(
  out: string,
  records: { manifest: string; base: BaseChanges },
  fs: TreeFs,
): Promise<void> {
  const read = (path: string): string | undefined => readText(join(out, path));
  for (const folder of [STATE_DIR, BASE_DIR]) {
    for (const name of listNames(join(out, folder))) {
      if (name.endsWith(TEMP_SUFFIX) && !name.startsWith('lock.')) fs.remove(`${folder}/${name}`);
    }
  }
  const packs = changedPacks(records.base, read);
  const writes = [...packs].flatMap(([path, text]) => (text === undefined ? [] : [ours(path, text)]));
  for (const [path, text] of HOUSEKEEPING) if (read(path) === undefined) writes.push(ours(path, text));
  await replaceFiles(out, fs, writes);
  if (read(MANIFEST_PATH) !== records.manifest)
    await replaceFiles(out, fs, [ours(MANIFEST_PATH, records.manifest)]);
  for (const [path, text] of packs) if (text === undefined) fs.remove(path);
  fs.remove(JOURNAL_PATH);
  await fs.syncFolders([STATE_DIR]);
}

type Replacement = FileWrite & { readonly content: Uint8Array };

function replaces(write: FileWrite): write is Replacement {
  return write.content !== undefined;
}

/** Writes each file beside its place, makes all of them durable, then renames them into place. */
async function replaceFiles(root: string, fs: TreeFs, writes: readonly Replacement[]): Promise<void> {
  const made = new Set<string>();
  for (const { path } of writes) {
    const folder = parentFolders(path).at(-1);
    if (folder !== undefined && !made.has(folder)) fs.makeFolder(folder);
    if (folder !== undefined) made.add(folder);
  }
  for (let from = 0; from < writes.length; from += GROUP) {
    const group = writes.slice(from, from + GROUP);
    const descriptors: number[] = [];
    try {
      for (const { path, content, executable } of group) {
        const { mode, exact } = modeFor(root, path, executable);
        descriptors.push(fs.writeNew(tempPath(path), content, mode, exact));
      }
    } finally {
      await fs.syncFiles(descriptors);
    }
    for (const { path } of group) fs.rename(tempPath(path), path);
  }
  await fs.syncFolders([...new Set(writes.map(({ path }) => parentFolders(path).at(-1) ?? '.'))]);
}

/** A new file gets the usual bits under the umask; an existing one keeps its own, but for the executable ones. */
function modeFor(root: string, path: string, executable: boolean): { mode: number; exact: boolean } {
  const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) return { mode: executable ? 0o777 : 0o666, exact: false };
  const plain = stat.mode & 0o666;
  return { mode: executable ? plain | ((plain & 0o444) >> 2) : plain, exact: true };
}

/** Removes the folders that held the deleted files and are empty now, inner ones first; never the output folder. */
function removeEmptyFolders(fs: TreeFs, deleted: readonly string[]): Set<string> {
  const candidates = [...new Set(deleted.flatMap(parentFolders))].sort((a, b) => b.length - a.length);
  return new Set(candidates.filter((folder) => fs.removeEmptyFolder(folder)));
}

function ours(path: string, text: string): Replacement {
  return { path, before: undefined, content: Buffer.from(text, 'utf8'), executable: false };
}

/** The user may have saved a file, or another run have ended, between reading and writing. */
function checkStillAsPlanned(plan: FilePlan): void {
  const changed = (path: string): UserError =>
    new UserError(`${path} changed while generating; nothing was written`, {
      where: path,
      next: ['Run hometrip generate again.'],
    });
  if (readText(join(plan.out, MANIFEST_PATH)) !== plan.manifestBefore) throw changed(MANIFEST_PATH);
  const look = diskReader(plan.out, spentFolders(readText(join(plan.out, JOURNAL_PATH))));
  for (const folder of [STATE_DIR, BASE_DIR]) {
    const node = look(folder);
    if (node !== undefined && node.kind !== 'folder') {
      throw new UserError(`${folder} is not a folder`, {
        where: folder,
        next: ['Move it away; hometrip keeps its records there.'],
      });
    }
  }
  const deletes = new Set(plan.writes.filter((write) => write.content === undefined).map(({ path }) => path));
  for (const { path, before } of plan.writes) {
    const node = look(path);
    const same =
      before === undefined
        ? node === undefined || makesWay(node, path, deletes)
        : node?.kind === 'file' && node.hash === before;
    if (!same) throw changed(path);
  }
}

function makesWay(node: DiskNode, path: string, deletes: ReadonlySet<string>): boolean {
  if (node.kind === 'folder') return node.files?.every((file) => deletes.has(file)) ?? false;
  return (
    node.kind === 'blocked' &&
    node.because === 'file' &&
    deletes.has(node.by) &&
    path.startsWith(`${node.by}/`)
  );
}

function explained(error: unknown): unknown {
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  const reasons: Record<string, string> = {
    ENOSPC: 'the disk is full',
    EACCES: 'permission denied',
    EPERM: 'not permitted',
    EROFS: 'the file system is read-only',
    EDQUOT: 'the disk quota is used up',
  };
  return new UserError(`cannot write the generated files: ${reasons[code] ?? code}`, {
    ...(path !== undefined && { where: path }),
    next: ['Put that right and run hometrip generate again: it takes up where this run stopped.'],
    cause: error,
  });
}
