// Finds names of capabilities and components where code should follow from their tables and folders.
// @ts-check
import { ts } from 'ts-morph';

/**
 * @typedef {object} Names
 * @property {readonly string[]} capabilities
 * @property {readonly string[]} components ids of kinds: the folders below components/
 */

/** Where kinds of components are named: in their folders, and in the list of them. */
const WITH_COMPONENTS = /^components\//;
/** Where capabilities are named: in their table, and by the components that offer them. */
const WITH_CAPABILITIES = /^(?:model\/capabilities\.ts$|components\/[^/]+\/)/;

/**
 * Words that mean something else there.
 * @type {readonly { readonly in: RegExp, readonly words: readonly string[], readonly because: string }[]}
 */
export const EXCEPTIONS = [
  { in: /^spec\//, words: ['database', 'events'], because: 'keys of services.yaml' },
  { in: /^commands\//, words: ['rate-limit'], because: 'the name of a flag' },
  { in: /^renderers\/events\//, words: ['events'], because: 'the renderer, and the folder that it writes' },
  {
    in: /^renderers\/services\/views\/repository\.ts$/,
    words: ['documents'],
    because: 'the word of the runtime for a kind of store',
  },
  {
    in: /^drivers\/embedded\/postgres\//,
    words: ['postgres'],
    because: 'the embedded server is PostgreSQL, whatever it stands in for',
  },
  {
    in: /^(?:model\/own-processes|platform\/state-dir)\.ts$/,
    words: ['postgres'],
    because: 'the name of the embedded server, and of its folder',
  },
];

/**
 * @param {string} path relative to packages/cli/src, with /
 * @param {string} source
 * @param {Names} names
 * @returns {string[]} findings
 */
export function namedLiterals(path, source, { capabilities, components }) {
  const excepted = EXCEPTIONS.filter((exception) => exception.in.test(path)).flatMap(({ words }) => words);
  const wanted = (/** @type {readonly string[]} */ words) => words.filter((word) => !excepted.includes(word));
  const ofCapabilities = WITH_CAPABILITIES.test(path) ? [] : wanted(capabilities);
  const ofComponents = WITH_COMPONENTS.test(path) ? [] : wanted(components);
  if (![...ofCapabilities, ...ofComponents].some((word) => source.includes(word))) return [];
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  /** @type {string[]} */
  const found = [];
  const report = (/** @type {ts.Node} */ node, /** @type {string} */ what, /** @type {string} */ instead) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
    found.push(`${path}:${line + 1}: names ${what}: ${instead}`);
  };
  const visit = (/** @type {ts.Node} */ node) => {
    if (ts.isStringLiteralLike(node)) {
      if (ofCapabilities.includes(node.text))
        report(node, `the capability ${node.text}`, 'ask its row in model/capabilities.ts');
      if (ofComponents.includes(node.text))
        report(node, `the component ${node.text}`, 'let its folder say what is special about it');
    }
    if (ts.isObjectLiteralExpression(node)) {
      const keys = node.properties.flatMap(({ name }) =>
        name !== undefined && ts.isIdentifier(name) ? [{ name, text: name.text }] : [],
      );
      // One key may be a word of another language; several are a second table.
      const table = keys.filter(({ text }) => capabilities.includes(text));
      const [first] = table;
      if (first !== undefined && table.length > 2 && ofCapabilities.length > 0)
        report(
          first.name,
          `capabilities (${table.map(({ text }) => text).join(', ')})`,
          'add a column to model/capabilities.ts',
        );
      for (const { name, text } of keys)
        if (ofComponents.includes(text))
          report(name, `the component ${text}`, 'let its folder say what is special about it');
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
