/**
 * The only writer of generated files: read the tree, plan (pure), apply. Data in, data out; nothing is printed.
 *
 *     using lock = await lockTree(out);
 *     const plan = await planFiles({ ...readTree(out, rendered), rendered, options: { restore: [], adopt: false } });
 *     if (isDrift(plan)) await applyPlan(plan, { lock });
 */
export { applyPlan, type ApplyOptions } from './apply.ts';
export { formatDiff } from './diff.ts';
export type { FileAction, FilePlan, FileWrite, PlanEntry } from './file-plan.ts';
export { lockTree, type TreeLock } from './lock.ts';
export { covers, isDrift, planFiles, type PlanInput, type PlanOptions } from './plan.ts';
export type { PlannedFile } from './planned-file.ts';
export type { DiskNode } from './disk.ts';
export { sha256 } from './text.ts';
export { type DiskSnapshot, readTree, type Tree } from './tree.ts';
