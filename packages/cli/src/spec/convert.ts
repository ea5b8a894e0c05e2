/** Nodes of the YAML library → located values: aliases and merge keys resolved, equal and reserved keys reported. */
import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { Findings } from './diagnostics.ts';
import type { Located, LocatedEntry, LocatedMap, LocatedScalar } from './located.ts';
import { positionAt, type Source, type Span } from './source.ts';

/** Values that aliases and merge keys may add to what is written. */
const maxAliased = 100_000;

export function convert(top: Node, findings: Findings, source: Source): Located {
  return new Conversion(findings, source).value(top);
}

class Conversion {
  readonly #findings: Findings;
  readonly #source: Source;
  /** undefined while the anchored value is still being read. */
  readonly #anchors = new Map<string, Located | undefined>();
  #aliased = 0;

  constructor(findings: Findings, source: Source) {
    this.#findings = findings;
    this.#source = source;
  }

  value(node: unknown): Located {
    if (isAlias(node)) return this.#alias(node);
    const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, undefined);
    const located = this.#plainValue(node);
    if (anchor !== undefined) this.#anchors.set(anchor, located);
    return located;
  }

  #plainValue(node: unknown): Located {
    if (isMap(node)) return this.#map(node);
    if (isSeq(node)) {
      const items = node.items.map((item) => this.value(item));
      return {
        kind: 'list',
        span: spanOf(node),
        items,
        size: items.reduce((sum, { size }) => sum + size, 1),
      };
    }
    return isScalar(node) ? scalar(node) : nothing(isNode(node) ? spanOf(node) : { start: 0, end: 0 });
  }

  #map(node: YAMLMap): LocatedMap {
    const entries = new Map<string, LocatedEntry>();
    const written = new Set<string>();
    for (const pair of node.items) {
      const key = this.#key(pair, node);
      if (key === undefined) continue;
      const value =
        pair.value === null ? nothing({ start: key.span.end, end: key.span.end }) : this.value(pair.value);
      if (key.merge) {
        this.#merge(entries, value, key.span);
      } else if (written.has(key.name)) {
        const first = entries.get(key.name)?.key.start ?? 0;
        this.#findings.add(
          'HT0105',
          key.span,
          `the key ${key.name} is here twice`,
          `the first is in line ${positionAt(this.#source, first).line}`,
        );
      } else {
        written.add(key.name);
        entries.set(key.name, { key: key.span, value });
      }
    }
    let size = 1;
    for (const { value } of entries.values()) size += value.size;
    return { kind: 'map', span: spanOf(node), entries, size };
  }

  #key({ key }: Pair, map: YAMLMap): { name: string; span: Span; merge: boolean } | undefined {
    if (!isScalar(key)) {
      this.#findings.add(
        'HT0106',
        isNode(key) ? spanOf(key) : spanOf(map),
        'a key must be a text',
        'a value with { or [ needs quotes',
      );
      return undefined;
    }
    const span = spanOf(key);
    const name = typeof key.value === 'string' ? key.value : (key.source ?? '');
    if (name === '' || name in Object.prototype) {
      this.#findings.add(
        'HT0106',
        span,
        name === '' ? 'a key must not be empty' : `${name} is not allowed as a name`,
        'choose another name',
      );
      return undefined;
    }
    return { name, span, merge: name === '<<' && key.type === 'PLAIN' };
  }

  /** Keys that are written win over merged ones, earlier merged ones over later (YAML merge key type). */
  #merge(entries: Map<string, LocatedEntry>, value: Located, span: Span): void {
    const sources = value.kind === 'list' ? value.items : [value];
    for (const source of sources) {
      if (source.kind !== 'map') {
        this.#findings.add('HT0107', span, 'only mappings can be merged', 'write <<: *name of a mapping');
        return;
      }
      for (const [key, entry] of source.entries) {
        if (entries.has(key)) continue;
        entries.set(key, entry);
        if (!this.#spend(entry.value.size, span)) return;
      }
    }
  }

  #alias(node: Alias): Located {
    const span = spanOf(node);
    const target = this.#anchors.get(node.source);
    if (target === undefined) {
      const inside = this.#anchors.has(node.source);
      this.#findings.add(
        'HT0107',
        span,
        inside
          ? `*${node.source} is inside of what it refers to`
          : `nothing above is anchored as &${node.source}`,
      );
      return nothing(span);
    }
    // The value's own place becomes the alias, and what is in it stays where it is written.
    return this.#spend(target.size, span) ? { ...target, span } : nothing(span);
  }

  #spend(size: number, span: Span): boolean {
    const before = this.#aliased;
    this.#aliased += size;
    if (this.#aliased <= maxAliased) return true;
    if (before <= maxAliased)
      this.#findings.add(
        'HT0103',
        span,
        `aliases expand to more than ${maxAliased.toLocaleString('en')} values`,
      );
    return false;
  }
}

const isNode = (node: unknown): node is Node => isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);

function spanOf(node: Node): Span {
  return { start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0 };
}

const nothing = (span: Span): LocatedScalar => ({ kind: 'scalar', span, value: null, text: '', size: 1 });

function scalar(node: Scalar): LocatedScalar {
  const { value } = node;
  const known =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null;
  return {
    kind: 'scalar',
    span: spanOf(node),
    value: known ? value : String(value),
    text: node.source ?? String(value),
    size: 1,
  };
}
