/**
 * docs/reference/settings.md: every setting that the runtime reads. Names, bounds, defaults and readers come from the calls;
 * what a setting means is said once, as `@setting NAME …` in a comment of a file that reads it.
 */
import {
  type CallExpression,
  Node,
  type Project,
  type PropertyAccessExpression,
  type SourceFile,
  SyntaxKind,
} from 'ts-morph';
import { linkTo, pathOf, productSources } from './sources.ts';

export interface Setting {
  readonly name: string;
  /** Undefined: nobody says it. */
  meaning: string | undefined;
  /** As the code says it: `127.0.0.1`, `3000`. */
  default: string | undefined;
  /** `0 to 65535` */
  bounds: string | undefined;
  /** Whether it is a whole number within them. */
  whole: boolean;
  /** Whether NAME_FILE may name a file with the value. */
  file: boolean;
  /** Whether a password is read beside it. */
  url: boolean;
  readonly readers: Set<string>;
}

const NAME = /^[A-Z][A-Z0-9_]+$/;
/** The kit's own is read by tests alone, but by those of its users. */
const KIT = 'src/testing/database.ts';

export function settingsOf(project: Project): readonly Setting[] {
  const settings = new Map<string, Setting>();
  const sources = [
    ...productSources(project),
    ...project.getSourceFiles().filter((file) => pathOf(file) === KIT),
  ];
  for (const file of sources) for (const read of readsIn(file)) add(settings, file, read);
  for (const file of sources) {
    for (const [name, meaning] of meaningsIn(file)) {
      const setting = settings.get(name);
      if (setting === undefined)
        throw new Error(`${pathOf(file)} explains the setting ${name}, which nothing reads`);
      setting.meaning ??= meaning;
    }
  }
  return [...settings.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function settingsPage(settings: readonly Setting[]): string {
  return `# Settings of a service

<!-- Generated from packages/runtime/src: change \`@setting\` comments there, then run \`npm run reference\`. -->

Every setting that the runtime reads from the environment. Those with "yes" under "file" may also come from a file: \`X_FILE\` names
it, its trailing line breaks do not count, and \`X\` wins when both are set. An empty value counts as not set. A wrong value stops the start with a
message that names the setting.

A setting whose name ends in \`_URL\` and that is marked † has its password beside it, never in it: \`DATABASE_PASSWORD\` or
\`DATABASE_PASSWORD_FILE\` belongs to \`DATABASE_URL\`.

| setting | meaning | default | file | read by |
| --- | --- | --- | --- | --- |
${settings.map(row).join('\n')}
`;
}

function row({ name, meaning, default: fallback, bounds, whole, file, url, readers }: Setting): string {
  const text =
    `${meaning ?? ''}${bounds === undefined ? '' : ` A ${whole ? 'whole number' : 'number'}, ${bounds}.`}`.trim();
  const cells = [
    `\`${name}\`${url ? ' †' : ''}`,
    text,
    fallback === undefined ? '' : `\`${fallback}\``,
    file ? 'yes' : 'no',
    [...readers]
      .sort()
      .map((path) => linkTo(path))
      .join(', '),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

type Read = Omit<Setting, 'meaning' | 'readers'>;

function add(settings: Map<string, Setting>, file: SourceFile, read: Read): void {
  const known = settings.get(read.name) ?? { ...read, meaning: undefined, readers: new Set() };
  known.default ??= read.default;
  known.bounds ??= read.bounds;
  known.whole ||= read.whole;
  known.file ||= read.file;
  known.url ||= read.url;
  known.readers.add(pathOf(file));
  settings.set(read.name, known);
}

/** `readSetting(env, 'X')` and whatever else takes an environment and names; `env['X']`; `['X', 'Y'].find((name) => … env …)`. */
function readsIn(file: SourceFile): Read[] {
  const found: Read[] = [];
  file.forEachDescendant((node) => {
    if (Node.isCallExpression(node)) {
      const [env, ...others] = node.getArguments();
      if (env !== undefined && isEnvironment(env))
        for (const name of namesIn(others)) found.push(called(node, name));
      else for (const name of namesIn(searched(node))) found.push({ ...unknown(name), file: true });
    } else if (Node.isElementAccessExpression(node) && isEnvironment(node.getExpression())) {
      for (const name of namesIn([node.getArgumentExpression()]))
        found.push({ ...unknown(name), default: otherwise(node) });
    }
  });
  return found;
}

const namesIn = (nodes: readonly (Node | undefined)[]): string[] =>
  nodes.flatMap((node) =>
    Node.isStringLiteral(node) && NAME.test(node.getLiteralText()) ? [node.getLiteralText()] : [],
  );

/** The items of a list of names through which a callback looks in an environment. */
function searched(call: CallExpression): readonly Node[] {
  const method = call.getExpression();
  const list = Node.isPropertyAccessExpression(method) ? method.getExpression() : undefined;
  const [callback] = call.getArguments();
  if (!Node.isArrayLiteralExpression(list) || !Node.isArrowFunction(callback)) return [];
  const reads = callback
    .getDescendantsOfKind(SyntaxKind.CallExpression)
    .some((read) => read.getArguments().some(isEnvironment));
  return reads ? list.getElements() : [];
}

const isEnvironment = (node: Node): boolean => /(^|\.)env$/.test(node.getText());

function called(node: CallExpression, name: string): Read {
  const bound = (key: string) => literal(propertyOf(node.getArguments()[2], key));
  const [min, max] = [bound('min'), bound('max')];
  return {
    name,
    default: bound('default') ?? otherwise(node),
    bounds: min === undefined || max === undefined ? undefined : `${min} to ${max}`,
    whole: node.getExpression().getText().endsWith('Integer'),
    file: true,
    url: name.endsWith('_URL') && node.getExpression().getText().endsWith('Url'),
  };
}

/** Of an object that is written here, spread into it, or a member of a table: `{ ...bounds.port, max: 5 }`. */
function propertyOf(object: Node | undefined, key: string): Node | undefined {
  if (Node.isPropertyAccessExpression(object)) return propertyOf(memberOf(object), key);
  if (!Node.isObjectLiteralExpression(object)) return undefined;
  const own = object.getProperty(key);
  if (Node.isPropertyAssignment(own)) return own.getInitializer();
  return object
    .getProperties()
    .map((part) => (Node.isSpreadAssignment(part) ? propertyOf(part.getExpression(), key) : undefined))
    .findLast((found) => found !== undefined);
}

/** Imports are not resolved here: a table is the only one of its name that is exported. */
function memberOf(access: PropertyAccessExpression): Node | undefined {
  const [table] = access
    .getProject()
    .getSourceFiles()
    .flatMap((file) => file.getVariableDeclaration(access.getExpression().getText()) ?? [])
    .filter((declared) => declared.isExported());
  const members = table?.getFirstDescendantByKind(SyntaxKind.ObjectLiteralExpression);
  const member = members?.getProperty(access.getName());
  return Node.isPropertyAssignment(member) ? member.getInitializer() : undefined;
}

const unknown = (name: string): Read => ({
  name,
  default: undefined,
  bounds: undefined,
  whole: false,
  file: false,
  url: false,
});

/** The right side of `… ?? 'value'`. */
function otherwise(node: Node): string | undefined {
  const parent = node.getParent();
  if (!Node.isBinaryExpression(parent) || parent.getOperatorToken().getText() !== '??') return undefined;
  return literal(parent.getRight()) || undefined;
}

/** Of a literal, or of what can be worked out from literals: `1024 * 1024`. */
function literal(node: Node | undefined): string | undefined {
  if (Node.isStringLiteral(node)) return node.getLiteralText();
  if (Node.isNumericLiteral(node)) return String(node.getLiteralValue());
  if (Node.isIdentifier(node)) {
    const [declared] = node.getDefinitionNodes();
    return Node.isVariableDeclaration(declared) ? literal(declared.getInitializer()) : undefined;
  }
  if (!Node.isBinaryExpression(node)) return undefined;
  const [left, right] = [Number(literal(node.getLeft())), Number(literal(node.getRight()))];
  const operator = node.getOperatorToken().getText();
  const value = operator === '*' ? left * right : operator === '**' ? left ** right : Number.NaN;
  return Number.isNaN(value) ? undefined : String(value);
}

function meaningsIn(file: SourceFile): (readonly [string, string])[] {
  return [...file.getFullText().matchAll(/@setting ([A-Z0-9_]+) ([\s\S]*?)(?=@setting |\*\/)/g)].map(
    ([, name = '', text = '']) => [
      name,
      text
        .replace(/\s*\n\s*(\*|\/\/) ?/g, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    ],
  );
}
