/**
 * Overlays: `environments.<name>` merged into the rest, as JSON Merge Patch (RFC 7396): mappings key by key, everything
 * else is replaced, null removes. What comes from the overlay keeps its place there, so that findings point to it.
 */
import type { Located, LocatedEntry, LocatedMap } from './located.ts';

export function applyOverlay(base: LocatedMap, overlay: LocatedMap): LocatedMap {
  const entries = new Map(base.entries);
  for (const [key, entry] of overlay.entries) {
    if (entry.value.kind === 'scalar' && entry.value.value === null) entries.delete(key);
    else entries.set(key, mergedEntry(entries.get(key), entry));
  }
  return { ...base, entries };
}

function mergedEntry(before: LocatedEntry | undefined, after: LocatedEntry): LocatedEntry {
  if (before?.value.kind === 'map' && after.value.kind === 'map')
    return { key: before.key, value: applyOverlay(before.value, after.value) };
  return { key: after.key, value: withoutNulls(after.value) };
}

/** A null in something that is new removes nothing. */
function withoutNulls(value: Located): Located {
  return value.kind === 'map' ? applyOverlay({ ...value, entries: new Map() }, value) : value;
}

/** The overlays of a spec, by name; what is not a mapping is left to the schema. */
export function overlaysOf(root: LocatedMap): ReadonlyMap<string, LocatedMap> {
  const environments = root.entries.get('environments')?.value;
  if (environments?.kind !== 'map') return new Map();
  return new Map(
    Array.from(environments.entries).flatMap(([name, { value }]) =>
      value.kind === 'map' ? [[name, value] as const] : [],
    ),
  );
}
