/** Three-way merge of TypeScript lists: array elements, object properties, named exports, class and interface members. */
import { ts } from 'ts-morph';
import { pick } from '../text.ts';
import { mergeSequence } from './sequence.ts';
import type { ThreeTexts } from './three-texts.ts';

interface List {
  readonly depth: number;
  /** From the opening bracket up to and with the closing one. */
  readonly start: number;
  readonly end: number;
  readonly elements: readonly ts.Node[];
  readonly commas: boolean;
  readonly text: string;
}

/** A list taken apart: one text per element, each with the comments above it and behind it. */
interface Parts {
  readonly shape: 'empty' | 'line' | 'block';
  readonly segments: readonly string[];
  /** Comments behind the last element. */
  readonly tail: string;
  readonly closeIndent: string;
  readonly padding: string;
}

/** Merges the innermost list that both sides changed and makes it equal in all three; undefined when there is none. */
export function mergeLists(texts: ThreeTexts): { texts: ThreeTexts; region: string } | undefined {
  const [base, mine, theirs] = [findLists(texts.base), findLists(texts.mine), findLists(texts.theirs)];
  const innermostFirst = [...mine].sort(([, a], [, b]) => b.depth - a.depth);
  for (const [id, own] of innermostFirst) {
    const [old, fresh] = [base.get(id), theirs.get(id)];
    if (old === undefined || fresh === undefined) continue;
    if (own.text === old.text || fresh.text === old.text || own.text === fresh.text) continue;
    const region = mergeList(old, own, fresh);
    if (region === undefined) continue;
    const replace = (text: string, list: List): string =>
      text.slice(0, list.start) + region + text.slice(list.end);
    return {
      texts: {
        base: replace(texts.base, old),
        mine: replace(texts.mine, own),
        theirs: replace(texts.theirs, fresh),
      },
      region,
    };
  }
  return undefined;
}

/** Lists by the names that lead to them; a name that occurs twice is left out, since nobody could say which is which. */
function findLists(text: string): Map<string, List> {
  const file = ts.createSourceFile('file.ts', text, ts.ScriptTarget.ESNext, true);
  const found = new Map<string, List | undefined>();
  const visit = (node: ts.Node, id: string, depth: number): void => {
    const list = asList(node, file, depth);
    if (list !== undefined) found.set(id, found.has(id) ? undefined : list);
    if (ts.isArrayLiteralExpression(node)) return; // its elements have positions, not names
    node.forEachChild((child) => visit(child, `${id}/${label(child)}`, depth + 1));
  };
  visit(file, '', 0);
  return new Map([...found].flatMap(([id, list]) => (list === undefined ? [] : [[id, list] as const])));
}

function label(node: ts.Node): string {
  const kind = ts.SyntaxKind[node.kind];
  const parent = node.parent;
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) {
    const position = parent.arguments?.indexOf(node as ts.Expression) ?? -1;
    if (position >= 0) return `${kind}(${parent.expression.getText()}#${position})`;
  }
  const name = (node as { name?: ts.Node }).name;
  return name === undefined ? kind : `${kind}(${name.getText()})`;
}

function asList(node: ts.Node, file: ts.SourceFile, depth: number): List | undefined {
  let nodes: ts.NodeArray<ts.Node>;
  let commas = true;
  if (ts.isArrayLiteralExpression(node)) nodes = node.elements;
  else if (ts.isObjectLiteralExpression(node)) nodes = node.properties;
  else if (ts.isNamedExports(node)) nodes = node.elements;
  else if (ts.isInterfaceDeclaration(node) || ts.isTypeLiteralNode(node) || ts.isClassDeclaration(node)) {
    nodes = node.members;
    commas = false;
  } else return undefined;
  // The node array begins right behind the opening bracket; the node itself ends with the closing one.
  const start = nodes.pos - 1;
  return {
    depth,
    start,
    end: node.end,
    elements: [...nodes],
    commas,
    text: file.text.slice(start, node.end),
  };
}

function mergeList(base: List, mine: List, theirs: List): string | undefined {
  if (base.elements.some((_, index) => index > 2_000)) return undefined;
  const parts = [base, mine, theirs].map(takeApart);
  const [b, m, t] = parts;
  if (b === undefined || m === undefined || t === undefined) return undefined;
  const block = [m, t, b].find((part) => part.shape === 'block');
  if (block === undefined && !mine.commas) return undefined;
  const indent =
    /^[ \t]*/.exec(block?.segments[0]?.split('\n').find((line) => line.trim() !== '') ?? '')?.[0] ?? '';
  const spread = (part: Parts): readonly string[] =>
    block !== undefined && part.shape === 'line'
      ? part.segments.map((segment) => `${indent}${segment},`)
      : part.segments;
  if (m.tail !== b.tail && t.tail !== b.tail && m.tail !== t.tail) return undefined;
  const merged = mergeSequence(spread(b), spread(m), spread(t));
  if (merged === undefined) return undefined;
  const [open, close] = [mine.text.slice(0, 1), mine.text.slice(-1)];
  if (block === undefined) {
    const padding = m.shape === 'empty' ? t.padding : m.padding;
    return merged.length === 0 ? open + close : `${open}${padding}${merged.join(', ')}${padding}${close}`;
  }
  const body = [...merged, ...[pick(b.tail, m.tail, t.tail)].filter((tail) => tail !== '')];
  const region = `${open}\n${body.join('\n')}\n${(m.shape === 'block' ? m : block).closeIndent}${close}`;
  return hasDuplicates(region, mine) ? undefined : region;
}

/** Two properties of one name mean that both sides added it, each in its way: that is for the user to settle. */
function hasDuplicates(region: string, list: List): boolean {
  const kind = list.elements[0]?.parent;
  if (kind === undefined || ts.isArrayLiteralExpression(kind)) return false;
  const prefix = ts.isObjectLiteralExpression(kind)
    ? 'const x = '
    : ts.isNamedExports(kind)
      ? 'export '
      : ts.isClassDeclaration(kind)
        ? 'class X '
        : 'interface X ';
  const file = ts.createSourceFile('file.ts', prefix + region, ts.ScriptTarget.ESNext, true);
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    const inner = asList(node, file, 0);
    if (inner === undefined) return void node.forEachChild(visit);
    for (const element of inner.elements) {
      const name = (element as { name?: ts.Node }).name?.getText();
      if (name !== undefined) names.push(ts.isAccessor(element) ? `${element.kind} ${name}` : name);
    }
  };
  visit(file);
  return new Set(names).size !== names.length;
}

/** Undefined when the list is laid out in a way that cannot be cut into whole lines or plain elements. */
function takeApart(list: List): Parts | undefined {
  const inner = list.text.slice(1, -1);
  const offset = list.start + 1;
  const spans = list.elements.map((element) => ({
    start: element.getStart() - offset,
    end: element.end - offset,
  }));
  const padding = inner.slice(0, inner.length - inner.trimStart().length);
  if (spans.length === 0)
    return inner.trim() === ''
      ? { shape: 'empty', segments: [], tail: '', closeIndent: '', padding: '' }
      : undefined;
  if (!inner.includes('\n')) {
    const between = spans.reduceRight(
      (text, { start, end }) => text.slice(0, start) + text.slice(end),
      inner,
    );
    if (!/^[\s,]*$/.test(between)) return undefined;
    return {
      shape: 'line',
      segments: spans.map(({ start, end }) => inner.slice(start, end)),
      tail: '',
      closeIndent: '',
      padding,
    };
  }
  const [opening, closing] = [inner.indexOf('\n'), inner.lastIndexOf('\n')];
  if (inner.slice(0, opening).trim() !== '' || inner.slice(closing).trim() !== '') return undefined;
  const segments: string[] = [];
  let from = opening + 1;
  for (const [index, { start, end }] of spans.entries()) {
    const lineEnd = inner.indexOf('\n', end);
    const next = spans[index + 1];
    if (start < from || lineEnd < 0 || (next !== undefined && next.start < lineEnd)) return undefined;
    const behind = inner.slice(end, lineEnd);
    const comma = list.commas && !behind.trimStart().startsWith(',') ? ',' : '';
    segments.push(inner.slice(from, end) + comma + behind);
    from = lineEnd + 1;
  }
  const tail = inner.slice(from, Math.max(from, closing)).trimEnd();
  return { shape: 'block', segments, tail, closeIndent: inner.slice(closing + 1), padding };
}
