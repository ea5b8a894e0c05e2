/**
 * The last pristine renderings, the base of every three-way merge: one JSON pack for each top folder or service, each
 * text as an array of lines, so that git stores small deltas and merges a pack wherever it can merge the files
 * themselves. Why: docs/decisions/0010-pristine-renderings-in-text-packs.md.
 */
import { z } from 'zod';
import { UserError } from '../platform/errors.ts';
import { BASE_DIR } from './paths.ts';

/** What the merge needs to know about one file. */
export interface BaseTexts {
  /** The rendering that the file on disk is based on. */
  readonly base: string;
  /** While a conflict is open: the rendering that waits to be merged in. */
  readonly offered?: string;
}

/** Reads the base of a path, or undefined when there is none. May read the disk on first use. */
export type BaseLookup = (path: string) => BaseTexts | undefined;

/** New base texts by path; undefined removes them. */
export type BaseChanges = ReadonlyMap<string, BaseTexts | undefined>;

const linesSchema = z.array(z.string());
const packSchema = z.strictObject({
  version: z.literal(1),
  files: z.record(
    z.string(),
    z.union([linesSchema, z.strictObject({ base: linesSchema, offered: linesSchema })]),
  ),
});

export type Pack = Map<string, BaseTexts>;

/** `services/booking-service/src/app.ts` → `.hometrip/base/services+booking-service.json`; lower case, one to one. */
export function packPath(path: string): string {
  const folders = path.split('/').slice(0, -1).slice(0, 2);
  const name = folders
    .map((folder) => encodeURIComponent(folder.toLowerCase()).replaceAll('*', '%2A'))
    .join('+');
  return `${BASE_DIR}/${name === '' ? '+root' : name}.json`;
}

/** @throws UserError naming the pack when it is not one. */
export function parsePack(text: string, where: string): Pack {
  const next = [
    `Restore it from git (git checkout -- <output folder>/${where}), then run hometrip generate.`,
  ];
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw new UserError('the store of pristine renderings is not JSON', { where, next, cause });
  }
  const parsed = packSchema.safeParse(raw);
  if (!parsed.success)
    throw new UserError('the store of pristine renderings cannot be read', { where, next });
  return new Map(
    Object.entries(parsed.data.files).map(([path, value]) => [
      path,
      Array.isArray(value)
        ? { base: value.join('\n') }
        : { base: value.base.join('\n'), offered: value.offered.join('\n') },
    ]),
  );
}

export function formatPack(pack: Pack): string {
  const sorted = [...pack].sort(([a], [b]) => (a < b ? -1 : 1));
  const files = sorted.map(([path, { base, offered }]): [string, unknown] => {
    return [
      path,
      offered === undefined ? base.split('\n') : { base: base.split('\n'), offered: offered.split('\n') },
    ];
  });
  return `${JSON.stringify({ version: 1, files: Object.fromEntries(files) }, null, 1)}\n`;
}

/**
 * The packs that differ after the changes: new text by pack path, or undefined for a pack that is empty now.
 * @param read the text of a pack on disk, or undefined when there is none
 */
export function changedPacks(
  changes: BaseChanges,
  read: (path: string) => string | undefined,
): Map<string, string | undefined> {
  const groups = Map.groupBy(changes, ([path]) => packPath(path));
  const result = new Map<string, string | undefined>();
  for (const [path, entries] of groups) {
    const before = read(path);
    const pack: Pack = before === undefined ? new Map() : parsePack(before, path);
    for (const [file, texts] of entries) {
      if (texts === undefined) pack.delete(file);
      else pack.set(file, texts);
    }
    const after = pack.size === 0 ? undefined : formatPack(pack);
    if (after !== before) result.set(path, after);
  }
  return result;
}

/** Looks texts up in packs that are read once, on first use. */
export function lazyBase(read: (path: string) => string | undefined): BaseLookup {
  const packs = new Map<string, Pack>();
  return (path) => {
    const where = packPath(path);
    let pack = packs.get(where);
    if (pack === undefined) {
      const text = read(where);
      pack = text === undefined ? new Map() : parsePack(text, where);
      packs.set(where, pack);
    }
    return pack.get(path);
  };
}
