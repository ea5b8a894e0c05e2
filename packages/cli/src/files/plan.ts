/** Decides what one generate does to every file. Nothing is written here: see apply.ts. */
import { distance } from 'fastest-levenshtein';
import { UserError } from '../platform/errors.ts';
import type { BaseTexts } from './base-store.ts';
import { decideRendered } from './decide.ts';
import { decideUnrendered } from './decide-unrendered.ts';
import type { FilePlan, FileWrite, PlanEntry } from './file-plan.ts';
import { formatManifest, type ManifestEntry } from './manifest.ts';
import { checkRenderedPaths, conflictPath } from './paths.ts';
import type { PlannedFile } from './planned-file.ts';
import type { Decision } from './situation.ts';
import type { DiskNode } from './disk.ts';
import type { Tree } from './tree.ts';

export interface PlanOptions {
  /** Files, or folders with all below, that the user deleted and wants back. */
  readonly restore?: readonly string[];
  /** Files (or folders) in the way that shall become ours with the text they have; true takes over all. */
  readonly adopt?: boolean | readonly string[];
  /**
   * Files that are written once or kept, and go all the same, as long as they are as we wrote them: migrations of a service
   * that is gone before any database has seen them.
   */
  readonly released?: readonly string[];
}

export interface PlanInput extends Tree {
  readonly rendered: readonly PlannedFile[];
  readonly options?: PlanOptions;
}

/**
 * The regeneration table, applied to every rendered and every recorded file.
 * @throws BugError for rendered paths that are unsafe or claimed twice.
 * @throws UserError for rendered paths that collide, and for a `restore` or `adopt` path that is not rendered.
 */
export async function planFiles(input: PlanInput): Promise<FilePlan> {
  const { rendered, options = {}, ...tree } = input;
  const released = releasedBy(rendered, options.released ?? []);
  checkRenderedPaths(rendered);
  const adopt = Array.isArray(options.adopt) ? (options.adopt as readonly string[]) : [];
  checkNamed('--restore', options.restore ?? [], rendered);
  checkNamed('--adopt', adopt, rendered);

  const entries: PlanEntry[] = [];
  const writes: FileWrite[] = [];
  const manifest = new Map<string, ManifestEntry>();
  const base = new Map<string, BaseTexts | undefined>();
  const deleted = new Set<string>();
  const take = (
    path: string,
    decision: Decision | (Omit<Decision, 'plan'> & { plan: PlanEntry | undefined }),
  ): void => {
    if (decision.plan !== undefined) entries.push(decision.plan);
    writes.push(...decision.writes);
    if (decision.entry !== undefined) manifest.set(path, decision.entry);
    else if (tree.manifest.has(path)) base.set(path, undefined);
    if (decision.texts !== undefined) base.set(path, decision.texts);
  };

  // First what goes, because a folder may turn into a file of the same name, and the other way round.
  const wanted = new Set(rendered.map((file) => file.path));
  for (const [path, entry] of tree.manifest) {
    if (wanted.has(path)) continue;
    const decision = decideUnrendered(
      path,
      entry,
      tree.disk.get(path),
      tree.disk.get(conflictPath(path)),
      released.has(path),
    );
    take(path, decision);
    if (decision.plan?.action === 'delete') deleted.add(path);
  }
  for (const file of rendered) {
    const { path } = file;
    const node = tree.disk.get(path);
    const freed = node !== undefined && makesWay(node, deleted);
    const decision = await decideRendered({
      file,
      entry: freed ? undefined : tree.manifest.get(path),
      node: freed ? undefined : node,
      conflictNode: tree.disk.get(conflictPath(path)),
      base: () => tree.base(path),
      baseMissing: tree.baseMissing(path),
      restore: covers(options.restore ?? [], path),
      adopt: options.adopt === true || covers(adopt, path),
      released: released.has(path),
    });
    take(path, decision);
  }

  entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    out: tree.out,
    entries,
    writes,
    manifest,
    base,
    manifestBefore: tree.manifestBefore,
    recovered: tree.recovered,
  };
}

/** Whether carrying the plan out would change anything, or something waits for the user: what `--check` asks. */
export function isDrift(plan: FilePlan): boolean {
  return (
    plan.recovered !== undefined ||
    plan.writes.length > 0 ||
    plan.base.size > 0 ||
    plan.manifestBefore !== formatManifest(plan.manifest) ||
    plan.entries.some(({ action }) => action === 'conflict' || action === 'refuse')
  );
}

function releasedBy(rendered: readonly PlannedFile[], more: readonly string[]): ReadonlySet<string> {
  const drafts = rendered.filter(({ draft }) => draft !== undefined).map(({ path }) => path);
  return new Set([...drafts, ...rendered.flatMap(({ replaces }) => replaces ?? []), ...more]);
}

function makesWay(node: DiskNode, deleted: ReadonlySet<string>): boolean {
  if (node.kind === 'folder') return node.files?.every((path) => deleted.has(path)) ?? false;
  return node.kind === 'blocked' && node.because === 'file' && deleted.has(node.by);
}

/** Whether a path is one of the named files, or below one of the named folders. */
export function covers(named: readonly string[], path: string): boolean {
  return named.some((name) => ['', '.', path].includes(trim(name)) || path.startsWith(`${trim(name)}/`));
}

function trim(name: string): string {
  return name.replace(/^\.\//, '').replace(/\/+$/, '');
}

function checkNamed(flag: string, named: readonly string[], rendered: readonly PlannedFile[]): void {
  for (const name of named) {
    if (rendered.some((file) => covers([name], file.path))) continue;
    const nearest = rendered
      .map((file) => file.path)
      .sort((a, b) => distance(name, a) - distance(name, b))
      .slice(0, 3);
    throw new UserError(`${flag} ${name}: no such file is generated`, {
      next: [
        'Name a path relative to the output folder.',
        ...(nearest.length > 0 ? [`Nearest: ${nearest.join(', ')}`] : []),
      ],
    });
  }
}
