/** What happens to a file whose conflict of an earlier run is open. */
import { decideOurs } from './decide-ours.ts';
import type { FileWrite, PlanEntry } from './file-plan.ts';
import type { ConflictRecord, ManifestEntry } from './manifest.ts';
import { markerLines } from './merge/lines.ts';
import { conflictPath } from './paths.ts';
import { behind, storeAgain, view, type Decision, type Situation } from './situation.ts';
import { sha256 } from './text.ts';
import type { DiskFile } from './disk.ts';

/**
 * A conflict of an earlier run. It is settled when its `.hometrip-conflict` file is gone (what the file says now is
 * what the user wants), or when no marker is left in it (then it takes the file's place), or when it merges by now.
 */
export async function decideConflict(
  at: Situation & { readonly entry: ManifestEntry },
  record: ConflictRecord,
  node: DiskFile,
): Promise<Decision> {
  const { file, conflictNode } = at;
  const { path } = file;
  const beside = conflictPath(path);
  const stay = (cause: string, lines: readonly { file: string; line: number }[]): Decision => ({
    plan: { path, action: 'conflict', cause, conflicts: lines },
    writes: [],
    entry: { ...behind(file, at.entry), state: 'conflict', conflict: record },
    ...storeAgain(at, false),
  });
  if (conflictNode === undefined) {
    const left = markerLines(Buffer.from(node.bytes).toString('utf8'));
    if (left.length > 0)
      return stay(
        'conflict markers are left in it',
        left.map((line) => ({ file: path, line })),
      );
    return settle(at, record, node, node.bytes);
  }
  if (conflictNode.kind !== 'file')
    return stay(`${beside} is not a plain file: remove it when the conflict is settled`, [
      { file: path, line: 1 },
    ]);
  if (conflictNode.hash === record.file) return decideOurs(at, at.entry, node, node.bytes);
  const left = markerLines(Buffer.from(conflictNode.bytes).toString('utf8'));
  if (left.length > 0)
    return stay(
      `${beside} still has conflict markers`,
      left.map((line) => ({ file: beside, line })),
    );
  if (node.hash !== record.mine)
    return stay(
      `both it and ${beside} were edited: bring your edits together in ${path} and delete the other`,
      [{ file: path, line: 1 }],
    );
  return settle(at, record, node, conflictNode.bytes);
}

/** Goes on from the rendering that was in conflict, with `bytes` as the user's settled version. */
async function settle(
  at: Situation & { readonly entry: ManifestEntry },
  record: ConflictRecord,
  node: DiskFile,
  bytes: Uint8Array,
): Promise<Decision> {
  const base =
    at.base()?.offered ?? (record.offered === sha256(at.file.content) ? at.file.content : undefined);
  const { state: _, conflict: __, ...entry } = { ...at.entry, hash: record.offered };
  const moved = bytes !== node.bytes;
  const settled: Situation = {
    ...at,
    entry,
    conflictNode: undefined,
    base: () => (base === undefined ? undefined : { base }),
  };
  const decision = await decideOurs(settled, entry, node, bytes);
  const texts = decision.texts ?? (base === undefined ? undefined : { base });
  const before = view(node.bytes, at.file)?.text;
  const after = view(bytes, at.file)?.text;
  const writes = moved ? moveWrites(at, node, bytes, decision.writes) : decision.writes;
  const { action } = decision.plan;
  const plan: PlanEntry =
    action === 'conflict' || action === 'merge' || action === 'update'
      ? { ...decision.plan, cause: `${decision.plan.cause}; the earlier conflict is settled` }
      : moved
        ? {
            path: at.file.path,
            action: 'resolve',
            cause: 'the conflict file had no marker left, so it took the place',
            ...(before !== undefined && { before }),
            ...(after !== undefined && { after }),
          }
        : { ...decision.plan, cause: 'the conflict is settled: your version stands' };
  return { ...decision, plan, writes, ...(texts !== undefined && { texts }) };
}

/** The user's version moves from the conflict file into the file, whatever else is decided for the two. */
function moveWrites(
  at: Situation,
  node: DiskFile,
  bytes: Uint8Array,
  decided: readonly FileWrite[],
): FileWrite[] {
  const { path } = at.file;
  const beside = conflictPath(path);
  const before = at.conflictNode?.kind === 'file' ? at.conflictNode.hash : undefined;
  return [
    decided.find((write) => write.path === path) ?? {
      path,
      before: node.hash,
      content: bytes,
      executable: node.executable ?? false,
    },
    {
      ...(decided.find((write) => write.path === beside) ?? { content: undefined, executable: false }),
      path: beside,
      before,
    },
  ];
}
