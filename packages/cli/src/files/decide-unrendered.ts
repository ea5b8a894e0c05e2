/** What happens to a file that we wrote once and that no renderer names any more. */
import type { FileWrite, PlanEntry } from './file-plan.ts';
import type { ManifestEntry } from './manifest.ts';
import { conflictPath } from './paths.ts';
import { decode, sha256 } from './text.ts';
import type { DiskNode } from './disk.ts';

export interface UnrenderedDecision {
  /** Undefined when there is nothing to say. */
  readonly plan: PlanEntry | undefined;
  readonly writes: readonly FileWrite[];
  readonly entry: ManifestEntry | undefined;
}

export function decideUnrendered(
  path: string,
  entry: ManifestEntry,
  node: DiskNode | undefined,
  conflictNode: DiskNode | undefined,
  released: boolean,
): UnrenderedDecision {
  const spent =
    conflictNode?.kind === 'file' && conflictNode.hash === entry.conflict?.file ? conflictNode : undefined;
  const writes: FileWrite[] = spent === undefined ? [] : [remove(conflictPath(path), spent.hash)];
  if (node === undefined) {
    return {
      plan: { path, action: 'skip', cause: 'you deleted it, and it is no longer generated' },
      writes,
      entry: undefined,
    };
  }
  const stays = entry.ownership === 'once' || entry.ownership === 'kept';
  if (stays && !released) return { plan: undefined, writes, entry };
  if (node.kind === 'file') {
    const text = decode(node.bytes)?.text;
    if (node.hash === entry.hash || (text !== undefined && sha256(text) === entry.hash)) {
      const plan: PlanEntry = {
        path,
        action: 'delete',
        cause: stays ? 'no database has seen it, and it is no longer needed' : 'it is no longer generated',
        ...(text !== undefined && { before: text }),
      };
      return { plan, writes: [remove(path, node.hash), ...writes], entry: undefined };
    }
  }
  const { conflict: _, ...rest } = entry;
  const cause = 'it is no longer generated, but you edited it: delete it when you no longer need it';
  return { plan: { path, action: 'keep', cause }, writes, entry: { ...rest, state: 'orphaned' } };
}

function remove(path: string, before: string): FileWrite {
  return { path, before, content: undefined, executable: false };
}
