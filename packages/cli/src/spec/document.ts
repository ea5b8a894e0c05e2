/**
 * Text → located values. The library's own expansion of aliases and its check for equal keys are quadratic or worse on
 * hostile input, so both are done here, in one pass and with a budget.
 */
import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  Parser,
} from 'yaml';
import type { Findings } from './diagnostics.ts';
import { convert } from './convert.ts';
import type { LocatedMap } from './located.ts';
import { positionAt, type Source, type Span } from './source.ts';

/** Levels of syntax; an ordinary spec has about twenty. */
const maxDepth = 200;
/** Pieces of text between spaces and signs; a thousand services have about 250,000. Bounds time and memory: the library needs about 2 kB for each. */
const maxLexemes = 600_000;
/** Syntax errors follow from each other; the first few say it. */
const maxSyntaxErrors = 20;

/** The top mapping; undefined when the findings say why there is none. */
export function parseDocument(source: Source, findings: Findings): LocatedMap | undefined {
  const tokens = tokenize(source, findings);
  if (!tokens) return undefined;
  const documents = compose(tokens, source);
  reportSyntax(documents, source, findings);
  if (findings.hasErrors) return undefined;
  const [first, second] = documents;
  if (second) {
    findings.add(
      'HT0104',
      { start: second.range[0], end: second.range[0] + 3 },
      'a second document begins here',
      'one file describes one system: remove the line ---',
    );
    return undefined;
  }
  const top: Node | null = first?.contents ?? null;
  if (!isMap(top)) {
    const where = { start: top?.range?.[0] ?? 0, end: top?.range?.[1] ?? 0 };
    findings.add(
      'HT0104',
      where,
      `${top === null ? 'the file is empty' : `this is ${kindOf(top)}, not a mapping`}`,
      'start with "name: my-system" and "version: 1"',
    );
    return undefined;
  }
  const root = convert(top, findings, source);
  return findings.hasErrors || root.kind !== 'map' ? undefined : root;
}

/** Up to the second document: a file with thousands is wrong from there on. */
function compose(tokens: readonly CST.Token[], source: Source): Document.Parsed[] {
  const documents: Document.Parsed[] = [];
  const composer = new Composer({
    version: '1.2',
    uniqueKeys: false,
    resolveKnownTags: false,
    logLevel: 'silent',
  });
  for (const document of composer.compose(tokens, true, source.text.length))
    if (documents.push(document) === 2) break;
  return documents;
}

function kindOf(node: Node): string {
  if (isSeq(node)) return 'a list';
  if (isAlias(node)) return 'an alias';
  return isScalar(node) && typeof node.value === 'string' ? 'a text' : 'a value';
}

/** The parser keeps its own stack, so that depth can be bounded before the composer, which recurses, sees anything. */
function tokenize(source: Source, findings: Findings): CST.Token[] | undefined {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(source.text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (++lexemes > maxLexemes) {
      findings.add(
        'HT0103',
        { start: parser.offset, end: parser.offset + 1 },
        'the file holds more than any real system needs',
        'is it the right file?',
      );
      return undefined;
    }
    if (parser.stack.length > maxDepth) {
      findings.add(
        'HT0103',
        { start: parser.offset, end: parser.offset + 1 },
        'the nesting is too deep',
        `at most ${maxDepth / 2} levels`,
      );
      return undefined;
    }
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

function reportSyntax(documents: readonly Document.Parsed[], source: Source, findings: Findings): void {
  const lines = new Set<number>();
  for (const { message, pos, code } of documents.flatMap(({ errors }) => errors)) {
    const span = visible(source, { start: pos[0], end: pos[1] });
    const { line } = positionAt(source, span.start);
    if (lines.has(line) || lines.size === maxSyntaxErrors) continue;
    lines.add(line);
    findings.add('HT0101', span, sentence(message), hints[code]);
  }
  for (const { message, pos } of documents.flatMap(({ warnings }) => warnings).slice(0, maxSyntaxErrors)) {
    findings.add('HT0108', { start: pos[0], end: pos[1] }, sentence(message));
  }
}

/** The library points to the end of a line or file for what is missing there; a frame needs a character to point to. */
function visible({ text }: Source, { start, end }: Span): Span {
  if (start < text.length || text.trimEnd() === '') return { start, end: Math.min(end, text.length) };
  const last = text.trimEnd().length - 1;
  return { start: last, end: last + 1 };
}

const sentence = (message: string): string =>
  (message.charAt(0).toLowerCase() + message.slice(1)).replace(/\.$/, '').replace(/(["'])quote$/, 'quote $1');

const hints: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'indent it like its neighbours',
  MISSING_CHAR: 'is a quote, bracket or comma missing?',
  BLOCK_AS_IMPLICIT_KEY: 'a text with ": " in it needs quotes',
  MULTILINE_IMPLICIT_KEY: 'is a ":" missing?',
  BAD_SCALAR_START: 'put the text in quotes',
  UNEXPECTED_TOKEN: 'is a quote or bracket missing before it?',
};
