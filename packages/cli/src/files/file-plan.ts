/** The decision of one `hometrip generate`: what happens to each file, why, and the bytes to write. Data only. */
import type { BaseChanges } from './base-store.ts';
import type { Manifest } from './manifest.ts';

/**
 * - `create`, `update`, `merge`, `delete`, `restore`, `resolve` change the file on disk;
 * - `adopt` takes over a file that was there, as it is;
 * - `keep` leaves a file with the user's edits, `skip` one that the user deleted, `unchanged` one that is as it should be;
 * - `conflict` and `refuse` need the user.
 */
export type FileAction =
  | 'create'
  | 'update'
  | 'merge'
  | 'delete'
  | 'restore'
  | 'resolve'
  | 'adopt'
  | 'keep'
  | 'skip'
  | 'unchanged'
  | 'conflict'
  | 'refuse';

export interface PlanEntry {
  readonly path: string;
  readonly action: FileAction;
  /** In words for the user: `the rendering changed`. */
  readonly cause: string;
  /** Text before and after, where the file changes and is text; an absent `before` means a new file. */
  readonly before?: string;
  readonly after?: string;
  /** For `conflict`: where to look; `line` is 1-based. */
  readonly conflicts?: readonly { readonly file: string; readonly line: number }[];
}

/** One change on disk. */
export interface FileWrite {
  readonly path: string;
  /** sha256 of the bytes that must still be there; undefined when nothing may be there. */
  readonly before: string | undefined;
  /** Undefined deletes the file. */
  readonly content: Uint8Array | undefined;
  readonly executable: boolean;
}

export interface FilePlan {
  /** The real, absolute path of the output folder. */
  readonly out: string;
  /** Sorted by path. */
  readonly entries: readonly PlanEntry[];
  readonly writes: readonly FileWrite[];
  /** The manifest and the changes of pristine texts once the plan is carried out. */
  readonly manifest: Manifest;
  readonly base: BaseChanges;
  /** The manifest that the plan started from: applying refuses when another run changed it since. */
  readonly manifestBefore: string | undefined;
  /** Set when a run was killed here: applying first brings our records to this state, then starts on its own work. */
  readonly recovered: { readonly manifest: Manifest; readonly base: BaseChanges } | undefined;
}
