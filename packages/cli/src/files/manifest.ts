/** `.hometrip/manifest.json`: what we wrote, from where, and what the user did to it since. */
import gt from 'semver/functions/gt.js';
import valid from 'semver/functions/valid.js';
import { z } from 'zod';
import { UserError } from '../platform/errors.ts';
import { installedVersion } from '../platform/installation.ts';
import { MANIFEST_PATH, pathProblem } from './paths.ts';

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);

const conflictSchema = z.strictObject({
  /** sha256 of the rendering that could not be merged in. */
  offered: hashSchema,
  /** sha256 of the user's file when the conflict was written. */
  mine: hashSchema,
  /** sha256 of the `.hometrip-conflict` file as we wrote it. */
  file: hashSchema,
});

export const entrySchema = z.strictObject({
  /** sha256 of the last pristine rendering that the file on disk is based on (`\n` line ends, no byte order mark). */
  hash: hashSchema,
  /** The renderer and source of the file: `services/booking-service`. */
  origin: z.string(),
  ownership: z.enum(['merged', 'owned', 'once', 'kept']).optional(),
  /** `755` for scripts; left out for the usual `644`. */
  mode: z.literal('755').optional(),
  /** `deleted-by-user` stays away; `orphaned` is no longer rendered, but was edited; `conflict` waits for the user. */
  state: z.enum(['deleted-by-user', 'orphaned', 'conflict']).optional(),
  conflict: conflictSchema.optional(),
});

const manifestSchema = z.strictObject({
  version: z.literal(1),
  /** Of the hometrip that wrote the tree: an older one leaves it alone. Trees of before 0.1.0 do not say. */
  hometrip: z.string().optional(),
  files: z.record(z.string(), entrySchema),
});

export type ManifestEntry = z.infer<typeof entrySchema>;
export type ConflictRecord = z.infer<typeof conflictSchema>;
/** Entries by path. */
export type Manifest = ReadonlyMap<string, ManifestEntry>;

/**
 * @throws UserError when the text is not a manifest, e.g. with git's conflict markers in it, and when a newer hometrip than
 * `own` wrote it.
 */
export function parseManifest(text: string, own: string = installedVersion()): Manifest {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    const marked = /^(<{7}|>{7}) /m.test(text);
    throw new UserError(marked ? 'git left conflict markers in the manifest' : 'the manifest is not JSON', {
      where: MANIFEST_PATH,
      next: [
        marked
          ? `Take either side of it (git checkout --theirs -- <output folder>/${MANIFEST_PATH}), then run hometrip generate.`
          : `Restore it from git (git checkout -- <output folder>/${MANIFEST_PATH}), then run hometrip generate.`,
      ],
      cause,
    });
  }
  refuseNewer(raw, own);
  const parsed = manifestSchema.safeParse(raw);
  const badPath = parsed.success
    ? Object.keys(parsed.data.files).find((path) => pathProblem(path))
    : undefined;
  if (!parsed.success || badPath !== undefined) {
    const detail = parsed.success
      ? `${JSON.stringify(badPath)} ${pathProblem(badPath ?? '')}`
      : z.prettifyError(parsed.error).split('\n')[0];
    throw new UserError(`the manifest is not one this version can read: ${detail}`, {
      where: MANIFEST_PATH,
      next: ['Update hometrip if a newer version wrote it, or restore the file from git.'],
    });
  }
  return new Map(Object.entries(parsed.data.files));
}

/** Before all else: a newer one may know keys that we do not. */
function refuseNewer(raw: unknown, own: string): void {
  const { hometrip } = (raw ?? {}) as { readonly hometrip?: unknown };
  if (typeof hometrip !== 'string' || valid(hometrip) === null || !gt(hometrip, own)) return;
  throw new UserError(
    `hometrip ${hometrip} generated these files, and this is hometrip ${own}, which is older`,
    {
      where: MANIFEST_PATH,
      next: [
        `update it: npm install --save-dev @hometrip/cli@^${hometrip}`,
        'or bring the files back from before the newer one came: git checkout COMMIT -- generated',
      ],
    },
  );
}

/** Sorted by path, one property a line, so that git merges two branches that touched different files. */
export function formatManifest(manifest: Manifest, own: string = installedVersion()): string {
  const sorted = [...manifest].sort(([a], [b]) => (a < b ? -1 : 1));
  const files = sorted.map(([path, entry]) => [path, orderKeys(entry)]);
  return `${JSON.stringify({ version: 1, hometrip: own, files: Object.fromEntries(files) }, null, 2)}\n`;
}

function orderKeys(entry: ManifestEntry): ManifestEntry {
  const { hash, origin, ownership, mode, state, conflict } = entry;
  return {
    hash,
    origin,
    ...(ownership !== undefined && ownership !== 'merged' && { ownership }),
    ...(mode !== undefined && { mode }),
    ...(state !== undefined && { state }),
    ...(conflict !== undefined && {
      conflict: { offered: conflict.offered, mine: conflict.mine, file: conflict.file },
    }),
  };
}
