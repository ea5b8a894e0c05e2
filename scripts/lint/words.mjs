// Finds words that make a reader guess, in the text that users read.
// @ts-check
import { ts } from 'ts-morph';

/**
 * @typedef {object} Rule
 * @property {RegExp} words
 * @property {string} instead
 */

/** @type {readonly Rule[]} */
const RULES = [
  {
    words: /\b(?:no|some|any|every)body\b|\bwho(?:so)?ever\b/i,
    instead: 'name who it is: the caller, the owner, a user, no service, all others',
  },
  { words: /\bthe ones? whose\b/i, instead: 'name it: the owner of …' },
  {
    words: /(?<!\b(?:there|it) )\b(?:is|was) no (?!longer\b|more\b|other\b|such\b|need\b|one\b)[a-z]/i,
    instead: 'write "is not a …"',
  },
  { words: /\b(?:dead letter) (?:queue|event)/i, instead: 'write dead-letter' },
  { words: /\btime-out/i, instead: 'write timeout' },
];

/** What users read, but for applied migrations and documents of an API, which stay as they are: templates whole, code by its texts, and the reference, which has the docstrings of what is public. */
export const isRead = (/** @type {string} */ path) =>
  /^(?:templates\/|docs\/reference\/|packages\/(?:cli|runtime)\/src\/)/.test(path) &&
  !/\.(?:test|fixture|random)\.ts$|\/testing\/|conformance\.ts$|\/openapi\.json$|\/migrations\/.*\.sql$/.test(
    path,
  );

/**
 * @param {string} path
 * @param {string} source
 * @returns {string[]} findings
 */
export function unclearWords(path, source) {
  if (!RULES.some(({ words }) => words.test(source))) return [];
  return textsOf(path, source).flatMap(({ text, line }) =>
    text.split('\n').flatMap((part, index) =>
      RULES.flatMap(({ words, instead }) => {
        const found = words.exec(part);
        return found === null ? [] : [`${path}:${line + index}: "${found[0]}": ${instead}`];
      }),
    ),
  );
}

/** @returns {{ text: string, line: number }[]} */
function textsOf(/** @type {string} */ path, /** @type {string} */ source) {
  if (!path.startsWith('packages/')) return [{ text: source, line: 1 }];
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  /** @type {{ text: string, line: number }[]} */
  const texts = [];
  const visit = (/** @type {ts.Node} */ node) => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      // A word alone is a name: `nobody` is a user of Linux.
      if (/\s/.test(node.getText(file))) texts.push({ text: node.getText(file), line: line + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return texts;
}
