import type { PlannedFile } from '../files/planned-file.ts';
import type { Stack } from '../model/stack.ts';

/** What a renderer may know besides the stack. Still data: the renderer stays a pure function. */
export interface RenderContext {
  /** Text of a file below the output folder as it is on disk now, for outputs that only ever grow (migrations). */
  readonly existing: (path: string) => string | undefined;
  /** Names of the files in a folder below the output folder, sorted. */
  readonly list: (folder: string) => readonly string[];
  /** Allows a migration that loses data (`--allow-destructive`). */
  readonly allowDestructive: boolean;
}

export interface Renderer {
  /** `compose`, `nginx`, `services` … also the prefix of its files' origin. */
  readonly id: string;
  readonly description: string;
  render(stack: Stack, context: RenderContext): PlannedFile[] | Promise<PlannedFile[]>;
}
