/**
 * Additions to the text of services.yaml. Text is inserted, and nothing is printed again: comments, layout, quotes and
 * line endings stay as they are, byte by byte. Only an empty `{}` or `[]` gives way to what is written in its place.
 */
import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { positionOf } from './order.ts';
import {
  afterFlowItem,
  behindComments,
  endOfItem,
  endOfKey,
  endOfLine,
  hasColon,
  isEmpty,
  nextLine,
  rangeOf,
  startOfItem,
} from './places.ts';
import { blockPair, blockValue, flowPair, flowValue, type Json, type Layout } from './render.ts';

export interface Addition {
  /** Where it goes: the keys from the top. Mappings on the way that are missing are made. */
  readonly path: readonly string[];
  /** What the last key is to hold; with `append`, an item of the list that it holds. */
  readonly value: Json;
  readonly append?: true;
  /** How many levels of mappings are blocks, where the text around does not say it. */
  readonly levels: number;
}

/** One replaced range of the text; nothing is removed but an empty collection. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The place is such that nothing can be added to it without changing something else. */
export class NotEditable extends Error {
  override name = 'NotEditable';
  /** Offset of what is in the way. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** `text` holds one mapping and has no syntax errors. @throws NotEditable */
export function editsFor(text: string, addition: Addition): readonly Edit[] {
  const document = parseDocument(text, {
    version: '1.2',
    uniqueKeys: false,
    resolveKnownTags: false,
    logLevel: 'silent',
    keepSourceTokens: true,
  });
  const root = document.contents;
  if (!isMap(root)) throw new NotEditable('the file does not hold a mapping', 0);
  return new Editor(text, root).edits(root, addition);
}

/** Edits that do not overlap; of those at one place the first comes first. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let at = 0;
  let result = '';
  for (const { start, end, text: added } of [...edits].sort((a, b) => a.start - b.start)) {
    result += text.slice(at, start) + added;
    at = end;
  }
  return result + text.slice(at);
}

class Editor {
  readonly #text: string;
  readonly #layout: Layout;
  readonly #newline: string;

  constructor(text: string, root: YAMLMap) {
    this.#text = text;
    this.#layout = { step: stepOf(root) ?? 2, padding: isPadded(root, text) };
    this.#newline = text.includes('\r\n') ? '\r\n' : '\n';
  }

  edits(root: YAMLMap, { path, value, append, levels }: Addition): readonly Edit[] {
    let map = root;
    for (const [index, key] of path.entries()) {
      const pair = pairOf(map, key);
      const rest = path.slice(index + 1);
      const content = append === true ? [value] : value;
      const nested = rest.reduceRight<Json>((inner, name) => ({ [name]: inner }), content);
      const depth = levels + rest.length;
      if (pair === undefined) return this.#addPair(map, path.slice(0, index), key, nested, depth);
      const found = pair.value as Node | null;
      if (found === null || isEmpty(found)) return this.#fill(map, pair, nested, depth);
      if (isAlias(found))
        throw new NotEditable(`${key} is an alias of what is written elsewhere`, rangeOf(found)[0]);
      if (append === true && rest.length === 0) {
        if (!isSeq(found)) throw new NotEditable(`${key} is not a list`, rangeOf(found)[0]);
        return this.#addItem(found, value);
      }
      if (!isMap(found)) throw new NotEditable(`${key} is not a mapping`, rangeOf(found)[0]);
      if (rest.length === 0) throw new NotEditable(`${key} is there already`, startOfItem(pair));
      if (isBare(found) && map.flow !== true && this.#isOnLineOf(pair, found))
        return this.#replaceEmpty(map, pair, found, nested, depth);
      map = found;
    }
    throw new NotEditable('nothing to add', 0);
  }

  #addPair(map: YAMLMap, path: readonly string[], key: string, value: Json, levels: number): readonly Edit[] {
    if (map.flow === true) return this.#addFlow(map, path, key, flowPair(key, value, this.#layout));
    const indent = columnOf(map);
    const after = positionOf(path, key, keysOf(map));
    return [this.#addLines(map, after, indent, this.#likeNeighbours(map, key, value, levels, indent))];
  }

  /** On one line, if the neighbours are and it fits. */
  #likeNeighbours(map: YAMLMap, key: string, value: Json, levels: number, indent: number): string[] {
    const neighbour = map.items.findLast((pair) => isMap(pair.value) && pair.value.items.length > 0)?.value;
    const block = blockPair(
      key,
      value,
      isMap(neighbour) ? Math.max(1, levels) : levels,
      indent,
      this.#layout,
    );
    if (!isMap(neighbour) || neighbour.flow !== true) return block;
    const line = blockPair(key, value, 0, indent, this.#layout);
    return line.length === 1 ? line : block;
  }

  /** Whole lines behind an item of a block. */
  #addLines(block: YAMLMap | YAMLSeq, after: number, indent: number, lines: readonly string[]): Edit {
    const isLast = after === block.items.length - 1;
    // What stands in the column of the keys behind the last of them still belongs to it; at the top it announces the next one.
    const comments = isLast && indent > 0 ? indent : indent + 1;
    const end = endOfItem(block.items[after], this.#text);
    const gap = this.#isSpaced(block, after, indent, lines);
    return this.#lines(this.#lineBehind(end), comments, indent, lines, gap);
  }

  #lines(from: number, comments: number, indent: number, lines: readonly string[], gap: boolean): Edit {
    const at = behindComments(this.#text, from, comments);
    const added = [
      ...(gap ? [''] : []),
      ...lines.map((line) => (line === '' ? '' : ' '.repeat(indent) + line)),
    ];
    const open = at > 0 && this.#text[at - 1] !== '\n';
    const newline = this.#newline;
    // A file without a final line break stays one.
    const text = open ? newline + added.join(newline) : added.join(newline) + newline;
    return { start: at, end: at, text };
  }

  /** Do empty lines stand between the last two items? At the top, between any two, for what takes several lines. */
  #isSpaced({ items }: YAMLMap | YAMLSeq, after: number, indent: number, lines: readonly string[]): boolean {
    const pairs = items.slice(1).map((item, index) => this.#between(items[index], item));
    const isSpace = (text: string | undefined): boolean => /\n[ \t\r]*\n/.test(text ?? '');
    if (indent === 0 && lines.length > 1) return pairs.some(isSpace);
    return after === items.length - 1 && isSpace(pairs.at(-1));
  }

  #between(before: unknown, item: unknown): string {
    return this.#text.slice(endOfItem(before, this.#text), startOfItem(item));
  }

  #lineBehind(end: number): number {
    return this.#text[end - 1] === '\n' ? end : nextLine(this.#text, end);
  }

  #addFlow(
    collection: YAMLMap | YAMLSeq,
    path: readonly string[],
    key: string | undefined,
    entry: string,
  ): readonly Edit[] {
    const text = this.#text;
    const { items } = collection;
    if (items.length === 0) return [this.#intoEmpty(collection, entry)];
    const after = key === undefined ? items.length - 1 : positionOf(path, key, keysOf(collection as YAMLMap));
    const end = endOfItem(items[after], text);
    const { comma, lineEnds } = afterFlowItem(text, end);
    if (!lineEnds) return [insert(end, `, ${entry}`)];
    const at = endOfLine(text, end);
    const line = text.slice(text.lastIndexOf('\n', startOfItem(items[after]) - 1) + 1);
    const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
    return [
      ...(comma ? [] : [insert(end, ',')]),
      insert(at, `${this.#newline}${indent}${entry}${comma ? ',' : ''}`),
    ];
  }

  /** Between braces or brackets with nothing but blanks and comments in them. */
  #intoEmpty(collection: YAMLMap | YAMLSeq, entry: string): Edit {
    const text = this.#text;
    const [start, end] = rangeOf(collection);
    const inside = text.slice(start + 1, end - 1);
    if (inside.includes('\n')) {
      const [closing = ''] = /[ \t]*$/.exec(inside) ?? [];
      const indent = closing + ' '.repeat(this.#layout.step);
      return insert(endOfLine(text, start), `${this.#newline}${indent}${entry}`);
    }
    const space = isMap(collection) && this.#layout.padding ? ' ' : '';
    return insert(end - 1, `${inside === '' ? space : ''}${entry}${inside === '' ? space : inside}`);
  }

  #addItem(list: YAMLSeq, item: Json): readonly Edit[] {
    if (list.flow === true) return this.#addFlow(list, [], undefined, flowValue(item, this.#layout));
    return [
      this.#addLines(list, list.items.length - 1, columnOf(list), [`- ${blockValue(item, this.#layout)}`]),
    ];
  }

  /** Behind a key that has no value yet. */
  #fill(map: YAMLMap, pair: Pair, value: Json, levels: number): readonly Edit[] {
    const end = endOfKey(pair);
    const colon = hasColon(pair) ? '' : ':';
    if (map.flow === true || Array.isArray(value))
      return [insert(end, `${colon} ${flowValue(value, this.#layout)}`)];
    const indent = columnOf(map) + this.#layout.step;
    return [
      this.#lines(
        this.#lineBehind(end),
        columnOf(map) + 1,
        indent,
        this.#inner(value, levels, indent),
        false,
      ),
    ];
  }

  #replaceEmpty(map: YAMLMap, pair: Pair, empty: YAMLMap, value: Json, levels: number): readonly Edit[] {
    const indent = columnOf(map) + this.#layout.step;
    const lines = this.#inner(value, levels, indent);
    const [, end] = rangeOf(empty);
    return [
      { start: endOfKey(pair), end, text: '' },
      this.#lines(this.#lineBehind(end), columnOf(map) + 1, indent, lines, false),
    ];
  }

  #inner(value: Json, levels: number, indent: number): string[] {
    return Object.entries(value as { readonly [key: string]: Json }).flatMap(([key, inner]) =>
      blockPair(key, inner, levels - 1, indent, this.#layout),
    );
  }

  #isOnLineOf(pair: Pair, value: Node): boolean {
    return (
      /^[ \t]*$/.test(this.#text.slice(endOfKey(pair), rangeOf(value)[0])) &&
      !this.#text.slice(...rangeOf(value)).includes('\n')
    );
  }
}

const insert = (at: number, text: string): Edit => ({ start: at, end: at, text });

const pairOf = (map: YAMLMap, key: string): Pair | undefined =>
  map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);

const keysOf = (map: YAMLMap): string[] =>
  map.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''));

/** Column of the keys or dashes of a block. */
const columnOf = ({ srcToken }: YAMLMap | YAMLSeq): number =>
  srcToken !== undefined && 'indent' in srcToken ? srcToken.indent : 0;

/** `{}`: without an anchor or a tag that something else may need. */
const isBare = (map: YAMLMap): boolean =>
  map.flow === true && map.items.length === 0 && map.anchor === undefined && map.tag === undefined;

/** Columns of one level, as the first block inside of another one has them. */
function stepOf(block: YAMLMap): number | undefined {
  if (block.flow === true) return undefined;
  for (const { value } of block.items) {
    if (!isCollection(value) || value.flow === true || !isMap(value)) continue;
    const step = columnOf(value) - columnOf(block);
    if (step > 0) return step;
  }
  return undefined;
}

/** As the first mapping on one line has it. */
function isPadded(root: YAMLMap, text: string): boolean {
  let padded = true;
  visit(root, {
    Map: (_, map) => {
      if (map.flow !== true || map.items.length === 0) return undefined;
      padded = /\s/.test(text[rangeOf(map)[0] + 1] ?? '');
      return visit.BREAK;
    },
  });
  return padded;
}
