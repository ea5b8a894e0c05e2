/** What happens to a file that is there and ours: the middle of the regeneration table. */
import type { BaseTexts } from './base-store.ts';
import type { FileWrite } from './file-plan.ts';
import type { ManifestEntry } from './manifest.ts';
import { markWhole } from './merge/lines.ts';
import { mergeTexts, type MergeResult } from './merge/merge.ts';
import { conflictPath } from './paths.ts';
import {
  behind,
  dropConflict,
  freshEntry,
  isExecutable,
  pristine,
  storeAgain,
  view,
  type Decision,
  type Situation,
} from './situation.ts';
import { encode, pick, sha256 } from './text.ts';
import type { DiskFile } from './disk.ts';

/** The file is there and ours: untouched or edited, rendered the same or changed. `bytes` is the user's version. */
export async function decideOurs(
  at: Situation,
  entry: ManifestEntry,
  node: DiskFile,
  bytes: Uint8Array,
): Promise<Decision> {
  const { file } = at;
  const { path } = file;
  const rendered = sha256(file.content);
  const mine = view(bytes, file);
  const untouched = sha256(bytes) === entry.hash || (mine !== undefined && sha256(mine.text) === entry.hash);
  const wasExecutable = entry.mode === '755';
  const executable = pick(wasExecutable, node.executable ?? wasExecutable, isExecutable(file));
  const modeChanged = node.executable !== undefined && executable !== node.executable;
  const next = freshEntry(file);
  const write = (content: Uint8Array): FileWrite => ({ path, before: node.hash, content, executable });
  const before = { ...(mine !== undefined && { before: mine.text }) };

  if (rendered === entry.hash) {
    const cleared = {
      writes: dropConflict(at),
      entry: next,
      ...(entry.state === 'conflict' ? pristine(file) : storeAgain(at, untouched)),
    };
    if (modeChanged) {
      const cause = `mode ${node.executable ? '755 → 644' : '644 → 755'}`;
      return {
        ...cleared,
        plan: { path, action: 'update', cause },
        writes: [write(bytes), ...cleared.writes],
      };
    }
    return {
      ...cleared,
      plan: untouched
        ? { path, action: 'unchanged', cause: 'as rendered' }
        : { path, action: 'keep', cause: 'you edited it' },
    };
  }
  if (untouched) {
    const content = mine === undefined ? Buffer.from(file.content, 'utf8') : encode(file.content, mine);
    return {
      plan: { path, action: 'update', cause: 'the rendering changed', ...before, after: file.content },
      writes: [write(content), ...dropConflict(at)],
      entry: next,
      ...pristine(file),
    };
  }
  if (mine?.text === file.content) {
    return {
      plan: { path, action: 'keep', cause: 'you already made the change that is rendered now' },
      writes: [...(modeChanged ? [write(bytes)] : []), ...dropConflict(at)],
      entry: next,
      ...pristine(file),
    };
  }
  const base = at.base();
  const known = base !== undefined && sha256(base.base) === entry.hash ? base.base : undefined;
  if (mine === undefined || known === undefined) {
    const shown = mine?.text ?? `(binary, ${bytes.length} bytes, left in place)`;
    const marked = markWhole(shown, known ?? '', file.content);
    return recordConflict(at, entry, node, { clean: false, marked, lines: [1] }, known);
  }
  const merged = await mergeTexts(path, { base: known, mine: mine.text, theirs: file.content });
  if (!merged.clean) return recordConflict(at, entry, node, merged, known);
  const same = merged.text === mine.text;
  return {
    plan: same
      ? { path, action: 'keep', cause: 'your version already has what changed in the rendering' }
      : {
          path,
          action: 'merge',
          cause: 'you edited it and the rendering changed',
          ...before,
          after: merged.text,
        },
    writes: [
      ...(same && !modeChanged ? [] : [write(same ? bytes : encode(merged.text, mine))]),
      ...dropConflict(at),
    ],
    entry: next,
    ...pristine(file),
  };
}

/** Leaves the file as it is, puts the conflict beside it, and remembers what waits to be merged in. */
function recordConflict(
  at: Situation,
  entry: ManifestEntry,
  node: DiskFile,
  merged: MergeResult & { clean: false },
  known: string | undefined,
): Decision {
  const { file, conflictNode } = at;
  const { path } = file;
  const beside = conflictPath(path);
  const conflicts = merged.lines.map((line) => ({ file: path, line }));
  const content = Buffer.from(merged.marked, 'utf8');
  const hash = sha256(content);
  const replaceable =
    conflictNode === undefined ||
    (conflictNode.kind === 'file' && [entry.conflict?.file, hash].includes(conflictNode.hash));
  if (!replaceable) {
    const cause = `your edits and the rendering disagree, and ${beside} is in the way: move it away`;
    return {
      plan: { path, action: 'conflict', cause, conflicts },
      writes: [],
      entry,
      ...storeAgain(at, false),
    };
  }
  const there = conflictNode?.kind === 'file' ? conflictNode.hash : undefined;
  const texts: BaseTexts = { base: known ?? '', offered: file.content };
  const stored = at.base();
  return {
    plan: {
      path,
      action: 'conflict',
      cause: `your edits and the rendering disagree: see ${beside}`,
      conflicts,
    },
    writes: there === hash ? [] : [{ path: beside, before: there, content, executable: false }],
    entry: {
      ...behind(file, entry),
      state: 'conflict',
      conflict: { offered: sha256(file.content), mine: node.hash, file: hash },
    },
    ...(at.baseMissing || stored?.base !== texts.base || stored?.offered !== texts.offered ? { texts } : {}),
  };
}
