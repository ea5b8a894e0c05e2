/** The values of services.yaml with their places. Overlays, aliases and merge keys keep the place of what they bring. */
import type { Span } from './source.ts';

export type Path = readonly (string | number)[];

export type Located = LocatedMap | LocatedList | LocatedScalar;

export interface LocatedMap {
  readonly kind: 'map';
  readonly span: Span;
  readonly entries: ReadonlyMap<string, LocatedEntry>;
  /** Values in it, itself included, with aliases counted as often as they are used. */
  readonly size: number;
}

export interface LocatedEntry {
  readonly key: Span;
  readonly value: Located;
}

export interface LocatedList {
  readonly kind: 'list';
  readonly span: Span;
  readonly items: readonly Located[];
  readonly size: number;
}

export interface LocatedScalar {
  readonly kind: 'scalar';
  readonly span: Span;
  readonly value: string | number | boolean | null;
  /** As written, which for `1.30` is more than the number. */
  readonly text: string;
  readonly size: 1;
}

/** Plain data, as JSON would have it. */
export function plain(node: Located): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plain);
    case 'map':
      return Object.fromEntries(Array.from(node.entries, ([key, { value }]) => [key, plain(value)]));
  }
}

export function child(node: Located | undefined, step: string | number): Located | undefined {
  if (node?.kind === 'map') return node.entries.get(String(step))?.value;
  if (node?.kind === 'list' && typeof step === 'number') return node.items[step];
  return undefined;
}

export const at = (root: Located, path: Path): Located | undefined =>
  path.reduce<Located | undefined>(child, root);

/** Where the value is; for a path that leads nowhere, where its deepest existing parent is named. */
export function valueSpan(root: Located, path: Path): Span {
  return at(root, path)?.span ?? keySpan(root, path.slice(0, -1));
}

/** Where the last step of the path is named; list items are named by their value. */
export function keySpan(root: Located, path: Path): Span {
  for (let length = path.length; length > 0; length--) {
    const parent = at(root, path.slice(0, length - 1));
    const step = path[length - 1];
    if (parent?.kind === 'map') {
      const entry = parent.entries.get(String(step));
      if (entry) return entry.key;
    }
    if (parent?.kind === 'list' && typeof step === 'number') {
      const item = parent.items[step];
      if (item) return item.span;
    }
  }
  return { start: root.span.start, end: root.span.start };
}
