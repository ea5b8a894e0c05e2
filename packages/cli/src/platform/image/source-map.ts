/**
 * Source maps of the project's own code alone. Those of all packages would cost each process 14 MB; these cost nothing
 * that can be measured.
 */
import { decode, encode } from '@jridgewell/sourcemap-codec';

interface SourceMap {
  readonly sources: readonly string[];
  readonly mappings: string;
}

/**
 * @param sourceOf What a source is to be called, below `root`; undefined: it is left out.
 * @returns the map as JSON; an empty text when nothing is left of it
 */
export function ownMappings(
  json: string,
  sourceOf: (source: string) => string | undefined,
  root: string,
): string {
  const { sources, mappings } = JSON.parse(json) as SourceMap;
  const names = sources.map(sourceOf);
  const kept = names.flatMap((name, index) => (name === undefined ? [] : [index]));
  if (kept.length === 0) return '';
  const places = new Map(kept.map((index, place) => [index, place]));
  const own = decode(mappings).map((line) =>
    line.flatMap((segment): [number, number, number, number][] => {
      const [column, source, row, place] = segment;
      const index = source === undefined ? undefined : places.get(source);
      return index === undefined || row === undefined || place === undefined
        ? []
        : [[column, index, row, place]];
    }),
  );
  return JSON.stringify({
    version: 3,
    sources: kept.map((index) => `${root}${(names[index] ?? '').replaceAll('\\', '/')}`),
    names: [],
    mappings: encode(own),
  });
}
