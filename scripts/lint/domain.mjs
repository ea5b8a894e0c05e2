// Finds words of the example's marketplace, and ids of blueprints, in code that has to know neither.
// @ts-check
import { ts } from 'ts-morph';

/** `host` and `home` are left out: they mean a machine and a folder far more often than a person and a house. */
const MARKETPLACE = ['booking', 'bookings', 'guest', 'guests', 'hosts', 'listing', 'listings'];
/** Where ids of blueprints have their one place. */
const STOCK = 'packages/cli/src/model/blueprints.ts';

/**
 * Words that mean something else there.
 * @type {readonly { readonly in: RegExp, readonly words: readonly string[], readonly because: string }[]}
 */
export const EXCEPTIONS = [
  {
    in: /^packages\/runtime\/src\/events\/amqp\//,
    words: ['guest'],
    because: 'the user that RabbitMQ has when nobody has made one',
  },
];

/** Parts of `guestId`, `booking-service#2`, `/api/v1/listings`. @param {string} text @returns {string[]} */
const wordsOf = (text) =>
  text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);

/**
 * Sentences and commands (what has spaces in it) may use the example, and so may `examples`; names and values may not.
 *
 * @param {string} path relative to the repository, with /
 * @param {string} source
 * @param {readonly string[]} blueprints their ids
 * @returns {string[]} findings
 */
export function domainLiterals(path, source, blueprints) {
  const excepted = EXCEPTIONS.filter((exception) => exception.in.test(path)).flatMap(({ words }) => words);
  const words = MARKETPLACE.filter((word) => !excepted.includes(word));
  const ids = path === STOCK ? [] : blueprints;
  if (![...words, ...ids].some((word) => source.toLowerCase().includes(word))) return [];
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  /** @type {string[]} */
  const found = [];
  const report = (/** @type {ts.Node} */ node, /** @type {string} */ what) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
    found.push(`${path}:${line + 1}: ${what}`);
  };
  const visit = (/** @type {ts.Node} */ node) => {
    const named =
      ts.isPropertyAssignment(node) || ts.isPropertyDeclaration(node) ? node.name.getText(file) : '';
    if (/^examples?$/.test(named) || ts.isImportDeclaration(node) || ts.isLiteralTypeNode(node)) return;
    if (ts.isStringLiteralLike(node) && !/\s/.test(node.text)) {
      const word = wordsOf(node.text).find((one) => words.includes(one));
      if (word !== undefined)
        report(
          node,
          `${node.text} is of the example's marketplace: a project's own words are in its services.yaml`,
        );
      const id = ids.find((one) => node.text === one || node.text.startsWith(`${one}/`));
      if (id !== undefined)
        report(node, `names the blueprint ${id}: ask for its role, or for what its blueprint.json says`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
