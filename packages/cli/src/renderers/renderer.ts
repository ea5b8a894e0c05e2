import type { PlannedFile } from '../files/planned-file.ts';
import type { Stack } from '../model/stack.ts';
import type { Templates } from '../platform/templates.ts';

/** What a renderer may know besides the stack. Still data: the renderer stays a pure function. */
export interface RenderContext {
  /** The project's own, and those of the installation that it does not replace. */
  readonly templates: Pick<Templates, 'files' | 'render' | 'text'>;
  /** Text of a file below the output folder as it is on disk now, for outputs that only ever grow (migrations). */
  readonly existing: (path: string) => string | undefined;
  /** Names of the files in a folder below the output folder, sorted. */
  readonly list: (folder: string) => readonly string[];
  /** Text of a file as it was rendered last, also when it is not on disk any more. */
  readonly remembered: (path: string) => string | undefined;
  /** Whether the user wants this file back. */
  readonly restores: (path: string) => boolean;
  /** The migrations of a folder that are as they were written, or deleted since, and that no database can have seen; in order. */
  readonly drafts: (folder: string) => readonly Draft[];
  /** Allows a migration that loses data (`--allow-destructive`). */
  readonly allowDestructive: boolean;
  /** Of hometrip, and so of the runtime that generated packages are made for: `0.1.0`. */
  readonly version: string;
}

export interface Draft {
  readonly name: string;
  /** What the renderer gave as the file's `draft` when it was made. */
  readonly before: unknown;
}

/** What a context says where there is no earlier output. */
export const nothingBefore: Omit<RenderContext, 'allowDestructive' | 'templates' | 'version'> = {
  existing: () => undefined,
  list: () => [],
  remembered: () => undefined,
  restores: () => false,
  drafts: () => [],
};

export interface Renderer {
  /** `compose`, `docs`, `services` … also the prefix of its files' origin. */
  readonly id: string;
  readonly description: string;
  render(stack: Stack, context: RenderContext): PlannedFile[] | Promise<PlannedFile[]>;
}
