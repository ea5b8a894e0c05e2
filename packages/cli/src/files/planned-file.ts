/**
 * One output of a renderer. Renderers are pure: they return these, and only files/ writes them.
 *
 * Ownership:
 * - `merged` (the default): ours and the user's together; an edit survives every regeneration (three-way merge).
 * - `owned`: ours alone; machine-read output such as a lock or an OpenAPI document. Still never silently overwritten:
 *   an edit is merged like any other, but docs tell users not to make one.
 * - `once`: written when absent and never again (migrations, scaffolds).
 * - `kept`: as `owned`, and it stays when it is no longer rendered: the memory of files that stay as well.
 */
export interface PlannedFile {
  /** Relative to the output folder, forward slashes, no `..`. */
  readonly path: string;
  readonly content: string;
  /** The renderer and source of the file, for the manifest: `services/booking-service`. */
  readonly origin: string;
  readonly ownership?: 'merged' | 'owned' | 'once' | 'kept';
  /** 0o755 for scripts; 0o644 when absent. */
  readonly mode?: number;
  /** For `once`: no database has seen it yet, so it may still change. What its renderer has to know to take it back, as JSON. */
  readonly draft?: unknown;
  /** Paths that it takes the place of: these go, also when they are `once` or `kept`. */
  readonly replaces?: readonly string[];
}

/** A script for people or for a container, below scripts/. */
export const script = (name: string, content: string): PlannedFile => ({
  path: `scripts/${name}`,
  content,
  origin: `scripts/${name}`,
  mode: 0o755,
});
