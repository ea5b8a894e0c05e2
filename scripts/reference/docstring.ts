/** Docstrings as Markdown. */
import { type JSDoc, Node } from 'ts-morph';

/** Undefined when there is none. A comment with an empty line below it is the file's, not that of its first declaration. */
export function docstringOf(node: Node): JSDoc | undefined {
  const documented = Node.isVariableDeclaration(node) ? node.getVariableStatement() : node;
  if (documented === undefined || !Node.isJSDocable(documented)) return undefined;
  const nearest = documented.getJsDocs().at(-1);
  if (nearest === undefined) return undefined;
  const between = documented.getSourceFile().getFullText().slice(nearest.getEnd(), documented.getStart());
  return /\n\s*\n/.test(between) ? undefined : nearest;
}

/** Prose first, then one line for each tag. */
export function markdownOf(doc: JSDoc): string {
  const prose = oneLine(doc.getDescription());
  const tags = doc.getTags().map((tag) => {
    const text = oneLine(tag.getCommentText() ?? '');
    if (Node.isJSDocParameterTag(tag)) return `- \`${tag.getName()}\`: ${text}`;
    const name = tag.getTagName();
    if (name === 'throws') return `- Throws ${thrown(tag.getText())}`;
    return name === 'returns' || name === 'return' ? `- Returns ${text}` : `- ${name}: ${text}`;
  });
  return [prose, tags.join('\n')].filter((part) => part !== '').join('\n\n');
}

/** The first sentence that says something (`200.` alone does not), for lists. */
export function summaryOf(doc: JSDoc | undefined): string {
  const prose = oneLine(doc?.getDescription() ?? '').replace(/^- /, '');
  return /^.{12,}?\.(?=\s|$)/.exec(prose)?.[0] ?? prose;
}

/** The parser takes the word after the tag for a type, and drops it from the comment. */
const thrown = (tag: string): string => oneLine(tag.replace(/^\s*@throws\s*/, '').replace(/\s*\*\/$/, ''));

const oneLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.replace(/^\s*\*\s?/, '').trim())
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
