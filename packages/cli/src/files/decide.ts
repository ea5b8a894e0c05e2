/** What happens to one file that is rendered: the rows of the regeneration table. Pure, apart from the loaded merge. */
import type { BaseTexts } from './base-store.ts';
import type { FileWrite, PlanEntry } from './file-plan.ts';
import type { ConflictRecord, ManifestEntry } from './manifest.ts';
import { markWhole, markerLines } from './merge/lines.ts';
import { mergeTexts, type MergeResult } from './merge/merge.ts';
import { conflictPath } from './paths.ts';
import type { PlannedFile } from './planned-file.ts';
import { decode, encode, pick, sha256, type DecodedText } from './text.ts';
import type { DiskFile, DiskNode } from './tree.ts';

/** All that is known about one rendered path. */
export interface Situation {
  readonly file: PlannedFile;
  /** What we recorded last time; undefined when the path was never ours. */
  readonly entry: ManifestEntry | undefined;
  readonly node: DiskNode | undefined;
  readonly conflictNode: DiskNode | undefined;
  readonly base: () => BaseTexts | undefined;
  readonly baseMissing: boolean;
  readonly restore: boolean;
  readonly adopt: boolean;
}

export interface Decision {
  readonly plan: PlanEntry;
  readonly writes: readonly FileWrite[];
  /** The next manifest entry; undefined when the path is not ours. */
  readonly entry: ManifestEntry | undefined;
  /** New pristine texts; undefined leaves the store as it is. */
  readonly texts?: BaseTexts;
}

export async function decideRendered(at: Situation): Promise<Decision> {
  const { node } = at;
  if (node === undefined) return decideAbsent(at);
  if (node.kind !== 'file') return decideObstacle(at, node);
  if (at.entry === undefined) return decideForeign(at, node);
  if (at.file.ownership === 'once') return decideOnce(at, node);
  if (at.entry.state === 'conflict' && at.entry.conflict !== undefined) return decideConflict(at, at.entry.conflict, node);
  return decideOurs(at, at.entry, node, node.bytes);
}

function decideAbsent(at: Situation): Decision {
  const { file, entry } = at;
  const { path } = file;
  if (entry !== undefined && !at.restore) {
    return {
      plan: { path, action: 'skip', cause: `you deleted it (--restore ${path} brings it back)` },
      writes: dropConflict(at),
      // The hash stays that of the rendering that was deleted, so that the file may come back from git and merge.
      entry: { ...behind(file, entry), state: 'deleted-by-user' },
      ...storeAgain(at, false),
    };
  }
  const action = entry === undefined ? 'create' : 'restore';
  return {
    plan: { path, action, cause: entry === undefined ? 'new' : 'you asked for it back', after: file.content },
    writes: [{ path, before: undefined, content: Buffer.from(file.content, 'utf8'), executable: isExecutable(file) }, ...dropConflict(at)],
    entry: freshEntry(file),
    ...pristine(file),
  };
}

function decideObstacle(at: Situation, node: Exclude<DiskNode, DiskFile>): Decision {
  const { file, entry } = at;
  const what =
    node.kind === 'folder' ? 'a folder is in its place'
    : node.kind === 'link' ? 'a symbolic link is in its place'
    : node.kind === 'special' ? 'something that is not a plain file is in its place'
    : node.because === 'link' ? `the folder ${node.by} is a symbolic link`
    : `${node.by} is a file`;
  const unchanged = entry !== undefined && entry.hash === sha256(file.content);
  if (unchanged && node.kind !== 'blocked') {
    return { plan: { path: file.path, action: 'keep', cause: `${what}: left alone` }, writes: [], entry, ...storeAgain(at, false) };
  }
  return { plan: { path: file.path, action: 'refuse', cause: `${what}: move it away, then generate again` }, writes: [], entry, ...storeAgain(at, false) };
}

function decideForeign(at: Situation, node: DiskFile): Decision {
  const { file } = at;
  const { path } = file;
  const entry = freshEntry(file);
  if (view(node.bytes, file)?.text === file.content) {
    return { plan: { path, action: 'adopt', cause: 'it is there already, just as rendered' }, writes: [], entry, ...pristine(file) };
  }
  if (file.ownership === 'once') {
    return { plan: { path, action: 'keep', cause: 'written only when absent, and yours is there' }, writes: [], entry };
  }
  if (at.adopt) {
    return { plan: { path, action: 'adopt', cause: 'your text stays; what is rendered differently from now on is merged in' }, writes: [], entry, ...pristine(file) };
  }
  return {
    plan: { path, action: 'refuse', cause: `hometrip did not write this file: move it away, or take it over with --adopt ${path}` },
    writes: [],
    entry: undefined,
  };
}

function decideOnce(at: Situation, node: DiskFile): Decision {
  const { file } = at;
  const entry = { ...freshEntry(file), hash: at.entry!.hash };
  const edited = (view(node.bytes, file)?.text ?? '') !== file.content;
  const plan: PlanEntry = { path: file.path, action: edited ? 'keep' : 'unchanged', cause: 'written once, never changed again' };
  return { plan, writes: dropConflict(at), entry };
}

/**
 * A conflict of an earlier run. It is settled when its `.hometrip-conflict` file is gone (what the file says now is
 * what the user wants), or when no marker is left in it (then it takes the file's place), or when it merges by now.
 */
async function decideConflict(at: Situation, record: ConflictRecord, node: DiskFile): Promise<Decision> {
  const { file, conflictNode } = at;
  const { path } = file;
  const beside = conflictPath(path);
  const stay = (cause: string, lines: readonly { file: string; line: number }[]): Decision => ({
    plan: { path, action: 'conflict', cause, conflicts: lines },
    writes: [],
    entry: { ...behind(file, at.entry!), state: 'conflict', conflict: record },
    ...storeAgain(at, false),
  });
  if (conflictNode === undefined) {
    const left = markerLines(Buffer.from(node.bytes).toString('utf8'));
    if (left.length > 0) return stay('conflict markers are left in it', left.map((line) => ({ file: path, line })));
    return settle(at, record, node, node.bytes);
  }
  if (conflictNode.kind !== 'file') return stay(`${beside} is not a plain file: remove it when the conflict is settled`, [{ file: path, line: 1 }]);
  if (conflictNode.hash === record.file) return decideOurs(at, at.entry!, node, node.bytes);
  const left = markerLines(Buffer.from(conflictNode.bytes).toString('utf8'));
  if (left.length > 0) return stay(`${beside} still has conflict markers`, left.map((line) => ({ file: beside, line })));
  if (node.hash !== record.mine) return stay(`both it and ${beside} were edited: bring your edits together in ${path} and delete the other`, [{ file: path, line: 1 }]);
  return settle(at, record, node, conflictNode.bytes);
}

/** Goes on from the rendering that was in conflict, with `bytes` as the user's settled version. */
async function settle(at: Situation, record: ConflictRecord, node: DiskFile, bytes: Uint8Array): Promise<Decision> {
  const base = at.base()?.offered ?? (record.offered === sha256(at.file.content) ? at.file.content : undefined);
  const { state: _, conflict: __, ...entry } = { ...at.entry!, hash: record.offered };
  const moved = bytes !== node.bytes;
  const settled: Situation = { ...at, entry, conflictNode: undefined, base: () => (base === undefined ? undefined : { base }) };
  const decision = await decideOurs(settled, entry, node, bytes);
  const texts = decision.texts ?? (base === undefined ? undefined : { base });
  const before = view(node.bytes, at.file)?.text;
  const after = view(bytes, at.file)?.text;
  const writes = moved ? moveWrites(at, node, bytes, decision.writes) : decision.writes;
  const { action } = decision.plan;
  const plan: PlanEntry = action === 'conflict' || action === 'merge' || action === 'update'
    ? { ...decision.plan, cause: `${decision.plan.cause}; the earlier conflict is settled` }
    : moved
      ? { path: at.file.path, action: 'resolve', cause: 'the conflict file had no marker left, so it took the place', ...(before !== undefined && { before }), ...(after !== undefined && { after }) }
      : { ...decision.plan, cause: 'the conflict is settled: your version stands' };
  return { ...decision, plan, writes, ...(texts !== undefined && { texts }) };
}

/** The user's version moves from the conflict file into the file, whatever else is decided for the two. */
function moveWrites(at: Situation, node: DiskFile, bytes: Uint8Array, decided: readonly FileWrite[]): FileWrite[] {
  const { path } = at.file;
  const beside = conflictPath(path);
  const before = at.conflictNode?.kind === 'file' ? at.conflictNode.hash : undefined;
  return [
    decided.find((write) => write.path === path) ?? { path, before: node.hash, content: bytes, executable: node.executable ?? false },
    { ...(decided.find((write) => write.path === beside) ?? { content: undefined, executable: false }), path: beside, before },
  ];
}

/** The file is there and ours: untouched or edited, rendered the same or changed. `bytes` is the user's version. */
async function decideOurs(at: Situation, entry: ManifestEntry, node: DiskFile, bytes: Uint8Array): Promise<Decision> {
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
    const cleared = { writes: dropConflict(at), entry: next, ...(entry.state === 'conflict' ? pristine(file) : storeAgain(at, untouched)) };
    if (modeChanged) {
      const cause = `mode ${node.executable ? '755 → 644' : '644 → 755'}`;
      return { ...cleared, plan: { path, action: 'update', cause }, writes: [write(bytes), ...cleared.writes] };
    }
    return { ...cleared, plan: untouched ? { path, action: 'unchanged', cause: 'as rendered' } : { path, action: 'keep', cause: 'you edited it' } };
  }
  if (untouched) {
    const content = mine === undefined ? Buffer.from(file.content, 'utf8') : encode(file.content, mine);
    return { plan: { path, action: 'update', cause: 'the rendering changed', ...before, after: file.content }, writes: [write(content), ...dropConflict(at)], entry: next, ...pristine(file) };
  }
  if (mine?.text === file.content) {
    return { plan: { path, action: 'keep', cause: 'you already made the change that is rendered now' }, writes: [...(modeChanged ? [write(bytes)] : []), ...dropConflict(at)], entry: next, ...pristine(file) };
  }
  const base = at.base();
  const known = base !== undefined && sha256(base.base) === entry.hash ? base.base : undefined;
  const merged: MergeResult = mine === undefined
    ? { clean: false, marked: markWhole(`(binary, ${bytes.length} bytes, left in place)`, known ?? '', file.content), lines: [1] }
    : known === undefined
      ? { clean: false, marked: markWhole(mine.text, '', file.content), lines: [1] }
      : await mergeTexts(path, { base: known, mine: mine.text, theirs: file.content });
  if (!merged.clean) return recordConflict(at, entry, node, merged, known);
  const same = merged.text === mine?.text;
  return {
    plan: same
      ? { path, action: 'keep', cause: 'your version already has what changed in the rendering' }
      : { path, action: 'merge', cause: 'you edited it and the rendering changed', ...before, after: merged.text },
    writes: [...(same && !modeChanged ? [] : [write(same ? bytes : encode(merged.text, mine!))]), ...dropConflict(at)],
    entry: next,
    ...pristine(file),
  };
}

/** Leaves the file as it is, puts the conflict beside it, and remembers what waits to be merged in. */
function recordConflict(at: Situation, entry: ManifestEntry, node: DiskFile, merged: MergeResult & { clean: false }, known: string | undefined): Decision {
  const { file, conflictNode } = at;
  const { path } = file;
  const beside = conflictPath(path);
  const conflicts = merged.lines.map((line) => ({ file: path, line }));
  const content = Buffer.from(merged.marked, 'utf8');
  const hash = sha256(content);
  const replaceable = conflictNode === undefined || (conflictNode.kind === 'file' && [entry.conflict?.file, hash].includes(conflictNode.hash));
  if (!replaceable) {
    const cause = `your edits and the rendering disagree, and ${beside} is in the way: move it away`;
    return { plan: { path, action: 'conflict', cause, conflicts }, writes: [], entry, ...storeAgain(at, false) };
  }
  const there = conflictNode?.kind === 'file' ? conflictNode.hash : undefined;
  const texts: BaseTexts = { base: known ?? '', offered: file.content };
  const stored = at.base();
  return {
    plan: { path, action: 'conflict', cause: `your edits and the rendering disagree: see ${beside}`, conflicts },
    writes: there === hash ? [] : [{ path: beside, before: there, content, executable: false }],
    entry: { ...behind(file, entry), state: 'conflict', conflict: { offered: sha256(file.content), mine: node.hash, file: hash } },
    ...(at.baseMissing || stored?.base !== texts.base || stored?.offered !== texts.offered ? { texts } : {}),
  };
}

/** Removes the conflict file, as long as it is just what we wrote: the user may have put work into it. */
function dropConflict(at: Situation): FileWrite[] {
  const { conflictNode, entry, file } = at;
  if (conflictNode?.kind !== 'file' || conflictNode.hash !== entry?.conflict?.file) return [];
  return [{ path: conflictPath(file.path), before: conflictNode.hash, content: undefined, executable: false }];
}

/** The text as the user sees it, in the rendering's spelling; undefined for binary files. */
function view(bytes: Uint8Array, file: PlannedFile): DecodedText | undefined {
  const decoded = decode(bytes);
  const plain = !file.content.includes('\r') && !file.content.startsWith('\uFEFF');
  if (decoded === undefined || plain) return decoded;
  return { text: Buffer.from(bytes).toString('utf8'), crlf: false, bom: false };
}

function isExecutable(file: PlannedFile): boolean {
  return ((file.mode ?? 0o644) & 0o100) !== 0;
}

function freshEntry(file: PlannedFile): ManifestEntry {
  return {
    hash: sha256(file.content),
    origin: file.origin,
    ...(file.ownership !== undefined && file.ownership !== 'merged' && { ownership: file.ownership }),
    ...(isExecutable(file) && { mode: '755' as const }),
  };
}

/** The entry of a file that stays based on an earlier rendering. */
function behind(file: PlannedFile, entry: ManifestEntry): ManifestEntry {
  const { mode: _, ...fresh } = freshEntry(file);
  return { ...fresh, hash: entry.hash, ...(entry.mode !== undefined && { mode: entry.mode }) };
}

/** The store takes the rendering as the new base; files that are written once need none. */
function pristine(file: PlannedFile): { texts?: BaseTexts } {
  return file.ownership === 'once' ? {} : { texts: { base: file.content } };
}

/** Puts a text back that the store lost: the known one, or the rendering where the file is just that. */
function storeAgain(at: Situation, untouched: boolean): { texts?: BaseTexts } {
  if (!at.baseMissing || at.file.ownership === 'once') return {};
  const stored = at.base();
  if (stored !== undefined && (stored.offered !== undefined || sha256(stored.base) === at.entry?.hash)) return { texts: stored };
  return untouched ? { texts: { base: at.file.content } } : {};
}
