/**
 * One output of a renderer. Renderers are pure: they return these, and only files/ writes them.
 *
 * Ownership:
 * - `merged` (the default): ours and the user's together; an edit survives every regeneration (three-way merge).
 * - `owned`: ours alone; machine-read output such as a lock or an OpenAPI document. Still never silently overwritten:
 *   an edit is merged like any other, but docs tell users not to make one.
 * - `once`: written when absent and never again (migrations, scaffolds).
 */
export interface PlannedFile {
  /** Relative to the output folder, forward slashes, no `..`. */
  readonly path: string;
  readonly content: string;
  /** The renderer and source of the file, for the manifest and for `generate --explain`: `services/booking-service`. */
  readonly origin: string;
  readonly ownership?: 'merged' | 'owned' | 'once';
  /** 0o755 for scripts; 0o644 when absent. */
  readonly mode?: number;
}
