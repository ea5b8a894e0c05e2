/** What happens to one file that is rendered: the rows of the regeneration table. Pure, apart from the loaded merge. */
import { decideConflict } from './decide-conflict.ts';
import { decideOurs } from './decide-ours.ts';
import type { PlanEntry } from './file-plan.ts';
import type { ManifestEntry } from './manifest.ts';
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
import { sha256 } from './text.ts';
import type { DiskFile, DiskNode } from './disk.ts';

export async function decideRendered(at: Situation): Promise<Decision> {
  const { node } = at;
  if (node === undefined) return decideAbsent(at);
  if (node.kind !== 'file') return decideObstacle(at, node);
  const { entry } = at;
  if (entry === undefined) return decideForeign(at, node);
  if (at.file.ownership === 'once') return decideOnce(at, entry, node);
  if (entry.state === 'conflict' && entry.conflict !== undefined)
    return decideConflict({ ...at, entry }, entry.conflict, node);
  return decideOurs(at, entry, node, node.bytes);
}

function decideAbsent(at: Situation): Decision {
  const { file, entry } = at;
  const { path } = file;
  if (entry !== undefined && !at.restore && !at.released) {
    return {
      plan: { path, action: 'skip', cause: `you deleted it (--restore ${path} brings it back)` },
      writes: dropConflict(at),
      // The hash stays that of the rendering that was deleted, so that the file may come back from git and merge.
      entry: { ...behind(file, entry), state: 'deleted-by-user' },
      ...storeAgain(at, false),
    };
  }
  const isNew = entry === undefined || (at.released && !at.restore);
  return {
    plan: {
      path,
      action: isNew ? 'create' : 'restore',
      cause: isNew ? 'new' : 'you asked for it back',
      after: file.content,
    },
    writes: [
      { path, before: undefined, content: Buffer.from(file.content, 'utf8'), executable: isExecutable(file) },
      ...dropConflict(at),
    ],
    entry: freshEntry(file),
    ...pristine(file),
  };
}

function decideObstacle(at: Situation, node: Exclude<DiskNode, DiskFile>): Decision {
  const { file, entry } = at;
  const what =
    node.kind === 'folder'
      ? 'a folder is in its place'
      : node.kind === 'link'
        ? 'a symbolic link is in its place'
        : node.kind === 'special'
          ? 'something that is not a plain file is in its place'
          : node.because === 'link'
            ? `the folder ${node.by} is a symbolic link`
            : `${node.by} is a file`;
  const unchanged = entry !== undefined && entry.hash === sha256(file.content);
  if (unchanged && node.kind !== 'blocked') {
    return {
      plan: { path: file.path, action: 'keep', cause: `${what}: left alone` },
      writes: [],
      entry,
      ...storeAgain(at, false),
    };
  }
  return {
    plan: { path: file.path, action: 'refuse', cause: `${what}: move it away, then generate again` },
    writes: [],
    entry,
    ...storeAgain(at, false),
  };
}

function decideForeign(at: Situation, node: DiskFile): Decision {
  const { file } = at;
  const { path } = file;
  const entry = freshEntry(file);
  if (view(node.bytes, file)?.text === file.content) {
    return {
      plan: { path, action: 'adopt', cause: 'it is there already, just as rendered' },
      writes: [],
      entry,
      ...pristine(file),
    };
  }
  if (file.ownership === 'once') {
    return {
      plan: { path, action: 'keep', cause: 'written only when absent, and yours is there' },
      writes: [],
      entry,
    };
  }
  if (at.adopt) {
    return {
      plan: {
        path,
        action: 'adopt',
        cause: 'your text stays; what is rendered differently from now on is merged in',
      },
      writes: [],
      entry,
      ...pristine(file),
    };
  }
  return {
    plan: {
      path,
      action: 'refuse',
      cause: `hometrip did not write this file: move it away, or take it over with --adopt ${path}`,
    },
    writes: [],
    entry: undefined,
  };
}

function decideOnce(at: Situation, last: ManifestEntry, node: DiskFile): Decision {
  const { file } = at;
  const { path, content } = file;
  const mine = view(node.bytes, file);
  const untouched = node.hash === last.hash || (mine !== undefined && sha256(mine.text) === last.hash);
  if (at.released && untouched && sha256(content) !== last.hash) {
    return {
      plan: {
        path,
        action: 'update',
        cause: 'no database has seen it, and the rendering changed',
        ...(mine !== undefined && { before: mine.text }),
        after: content,
      },
      writes: [
        { path, before: node.hash, content: Buffer.from(content, 'utf8'), executable: isExecutable(file) },
      ],
      entry: freshEntry(file),
      ...pristine(file),
    };
  }
  const plan: PlanEntry = {
    path,
    action: mine?.text === content ? 'unchanged' : 'keep',
    cause: 'written once, never changed again',
  };
  return {
    plan,
    writes: dropConflict(at),
    entry: { ...freshEntry(file), hash: last.hash },
    // The user's own text, where it was edited: a file that is lost has to come back as databases know it.
    ...(mine === undefined || at.base()?.base === mine.text ? {} : { texts: { base: mine.text } }),
  };
}
