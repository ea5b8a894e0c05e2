/** Where things of a YAML text begin and end: what an insertion has to know of the text around it. */
import { type Alias, type CST, isCollection, isScalar, type Node, type Pair } from 'yaml';

/** After the last character of a node that is not a comment, a blank or a line break. */
export function endOfNode(node: Node, text: string): number {
  const [, end] = rangeOf(node);
  if (isCollection(node) && node.flow !== true) {
    const last = node.items.at(-1);
    return last === undefined ? end : endOfItem(last, text);
  }
  const token = isScalar(node) ? node.srcToken : undefined;
  if (token?.type !== 'block-scalar') return end;
  // With `|+` the empty lines behind it are part of the value.
  const kept = token.props.some((prop) => prop.type === 'block-scalar-header' && prop.source.includes('+'));
  return kept ? end : rangeOf(node)[0] + text.slice(rangeOf(node)[0], end).trimEnd().length;
}

/** The same for an entry of a mapping or an item of a list. */
export function endOfItem(item: unknown, text: string): number {
  if (!isPair(item)) return endOfNode(item as Node, text);
  const value = item.value as Node | null;
  if (value !== null && !isEmpty(value)) return endOfNode(value, text);
  return endOfKey(item);
}

/** After the colon of an entry, and the anchor or tag behind it; after the key where it has no colon. */
export function endOfKey({ key, srcToken }: Pair): number {
  const sep = (srcToken as CST.CollectionItem | undefined)?.sep ?? [];
  const last = sep.findLast(({ type }) => type === 'map-value-ind' || type === 'anchor' || type === 'tag');
  return last === undefined ? rangeOf(key as Node)[1] : last.offset + last.source.length;
}

export const hasColon = ({ srcToken }: Pair): boolean =>
  ((srcToken as CST.CollectionItem | undefined)?.sep ?? []).some(({ type }) => type === 'map-value-ind');

/** Where an entry or item begins, with its anchor and its dash. */
export function startOfItem(item: unknown): number {
  if (!isPair(item)) return rangeOf(item as Node)[0];
  const start = (item.srcToken as CST.CollectionItem | undefined)?.start ?? [];
  const first = start.find(({ type }) => type === 'anchor' || type === 'tag' || type === 'explicit-key-ind');
  return first?.offset ?? rangeOf(item.key as Node)[0];
}

/** A value that is not written. */
export const isEmpty = (node: Node): boolean => isScalar(node) && rangeOf(node)[0] === rangeOf(node)[1];

export const isPair = (item: unknown): item is Pair =>
  typeof item === 'object' && item !== null && 'key' in item && 'value' in item;

export const rangeOf = (node: Node | Alias): [start: number, end: number] => [
  node.range?.[0] ?? 0,
  node.range?.[1] ?? 0,
];

/** Where the line of an offset ends, before its line break. */
export function endOfLine(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  if (newline === -1) return text.length;
  return newline > offset && text[newline - 1] === '\r' ? newline - 1 : newline;
}

/** Where the next line begins; the end of the text for its last one. */
export function nextLine(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  return newline === -1 ? text.length : newline + 1;
}

/** Behind the comments that follow from the beginning of a line and are indented at least so far. */
export function behindComments(text: string, from: number, indent: number): number {
  let behind = from;
  for (let at = from; at < text.length; at = nextLine(text, at)) {
    const line = text.slice(at, endOfLine(text, at));
    if (line.trim() === '') continue;
    if (!line.trimStart().startsWith('#') || line.length - line.trimStart().length < indent) break;
    behind = nextLine(text, at);
  }
  return behind;
}

/** What follows an item of `{ … }` or `[ … ]`: its comma, if it has one, and whether the line ends behind it. */
export function afterFlowItem(text: string, end: number): { comma: boolean; lineEnds: boolean } {
  const line = text.slice(end, endOfLine(text, end));
  const [, comma, rest = ''] = /^[ \t]*(,)?(.*)$/s.exec(line) ?? [];
  const lineEnds = /^[ \t]*(#.*)?$/.test(rest) && endOfLine(text, end) < text.length;
  // A comma of a later line.
  const later =
    comma === undefined &&
    lineEnds &&
    /^(?:[ \t\r]*(?:#[^\n]*)?\n)*[ \t]*,/.test(text.slice(nextLine(text, end)));
  return { comma: comma !== undefined, lineEnds: lineEnds && !later };
}
