/**
 * What a text template may ask of its view, decided from the template's syntax and the view at hand: also in branches that
 * this view does not take, and all mistakes at once. Handlebars itself stops at the first one that it comes by.
 */

type Handlebars = typeof import('handlebars');
type Node = hbs.AST.Node;

export interface TemplateFinding {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly length: number;
  readonly message: string;
  /** The name that was not found, and those that there are; undefined for other mistakes. */
  readonly unknown?: { readonly name: string; readonly names: readonly string[] };
}

/** Nothing is known of it: what is in a list that is empty this time. */
const ANY = Symbol('any');

interface Scope {
  /** From the outermost to the innermost. */
  readonly contexts: readonly unknown[];
  readonly named: ReadonlyMap<string, unknown>;
}

const HELPERS = ['each', 'if', 'lookup', 'unless', 'with'];
const DATA = ['first', 'index', 'key', 'last', 'root'];

export function templateFindings(
  text: string,
  view: object,
  { parse }: Handlebars,
): readonly TemplateFinding[] {
  let program: hbs.AST.Program;
  try {
    program = parse(text);
  } catch (error) {
    return [syntaxFinding(error as Error, text)];
  }
  const findings: TemplateFinding[] = [];
  const check = new Check(view, findings);
  check.program(program, { contexts: [view], named: new Map() });
  return findings;
}

class Check {
  readonly #root: object;
  readonly #findings: TemplateFinding[];

  constructor(root: object, findings: TemplateFinding[]) {
    this.#root = root;
    this.#findings = findings;
  }

  program(program: hbs.AST.Program | undefined, scope: Scope): void {
    for (const statement of program?.body ?? []) this.#statement(statement, scope);
  }

  #statement(node: hbs.AST.Statement, scope: Scope): void {
    switch (node.type) {
      case 'MustacheStatement':
        this.#mustache(node as hbs.AST.MustacheStatement, scope);
        return;
      case 'BlockStatement':
        this.#block(node as hbs.AST.BlockStatement, scope);
        return;
      case 'ContentStatement':
      case 'CommentStatement':
        return;
      default:
        this.#add(node, 'partials and decorators are not there for templates', 1);
    }
  }

  #mustache({ path, params }: hbs.AST.MustacheStatement, scope: Scope): void {
    if (params.length === 0) this.#value(path, scope);
    else this.#call(path, params, scope);
  }

  #call(path: Node, params: readonly Node[], scope: Scope): unknown {
    const name = nameOf(path);
    if (!HELPERS.includes(name)) this.#unknown(path, name, HELPERS, `there is no helper ${name}`);
    for (const param of params) this.#value(param, scope);
    return ANY;
  }

  #block({ path, params, program, inverse }: hbs.AST.BlockStatement, scope: Scope): void {
    const helper = nameOf(path);
    const section = params.length === 0;
    if (!section && !HELPERS.includes(helper)) {
      this.#unknown(path, helper, HELPERS, `there is no helper ${helper}`);
      return;
    }
    const values = section ? [this.#value(path, scope)] : params.map((param) => this.#value(param, scope));
    const [value] = values;
    const inner =
      helper === 'each'
        ? within(scope, itemsOf(value), program?.blockParams)
        : helper === 'with' || (section && typeof value === 'object')
          ? within(scope, section && Array.isArray(value) ? itemsOf(value) : value, program?.blockParams)
          : scope;
    this.program(program, inner);
    this.program(inverse, scope);
  }

  #value(node: Node, scope: Scope): unknown {
    if (node.type === 'SubExpression') {
      const { path, params } = node as hbs.AST.SubExpression;
      return this.#call(path, params, scope);
    }
    if (node.type !== 'PathExpression') return ANY;
    const { data, depth, parts, original } = node as hbs.AST.PathExpression;
    if (data) return this.#data(node, parts);
    const [first, ...others] = parts;
    if (depth === 0 && first !== undefined && scope.named.has(first) && !original.startsWith('this'))
      return this.#inside(node, scope.named.get(first), others, first);
    const context = scope.contexts.at(-1 - depth);
    if (context === undefined && depth >= scope.contexts.length) {
      this.#add(node, `${original} leads out of the template`, original.length);
      return ANY;
    }
    return this.#inside(node, context, parts, '');
  }

  #data(node: Node, [name = '', ...others]: readonly string[]): unknown {
    if (!DATA.includes(name))
      this.#unknown(
        node,
        `@${name}`,
        DATA.map((one) => `@${one}`),
        `there is no @${name}`,
      );
    return name === 'root' ? this.#inside(node, this.#root, others, '@root') : ANY;
  }

  #inside(node: Node, value: unknown, parts: readonly string[], from: string): unknown {
    let current = value;
    let path = from;
    for (const part of parts) {
      if (current === ANY) return ANY;
      const every = current instanceof Items ? current.all : [current];
      const lacking = every.find((one) => !has(one, part));
      if (lacking !== undefined || every.includes(undefined)) {
        const names = namesOf(lacking);
        const where = path === '' ? '' : ` in ${path}`;
        this.#unknown(node, part, names, `there is no ${part}${where}`);
        return ANY;
      }
      const next = every.map((one) => (one as Record<string, unknown>)[part]);
      current = current instanceof Items ? new Items(next) : next[0];
      path = path === '' ? part : `${path}.${part}`;
    }
    return current;
  }

  #unknown(node: Node, name: string, names: readonly string[], message: string): void {
    const { line, column } = node.loc.start;
    this.#findings.push({
      line,
      column: column + 1,
      length: Math.max(1, node.loc.end.line === line ? node.loc.end.column - column : 1),
      message,
      unknown: { name, names },
    });
  }

  #add({ loc }: Node, message: string, length: number): void {
    this.#findings.push({ line: loc.start.line, column: loc.start.column + 1, length, message });
  }
}

/** What `each` goes through: a name has to be in every one. */
class Items {
  readonly all: readonly unknown[];

  constructor(all: readonly unknown[]) {
    this.all = all;
  }
}

function itemsOf(value: unknown): unknown {
  const lists = value instanceof Items ? value.all : [value];
  const all = lists.flatMap((one) =>
    Array.isArray(one)
      ? (one as unknown[])
      : typeof one === 'object' && one !== null
        ? Object.values(one)
        : [],
  );
  return value === ANY || all.length === 0 ? ANY : new Items(all);
}

function within({ contexts, named }: Scope, value: unknown, names: readonly string[] = []): Scope {
  const [item, ...positions] = names;
  return {
    contexts: [...contexts, value],
    named: new Map([
      ...named,
      ...(item === undefined ? [] : [[item, value] as const]),
      ...positions.map((name) => [name, ANY] as const),
    ]),
  };
}

const has = (value: unknown, name: string): boolean =>
  value === ANY || (typeof value === 'object' && value !== null && name in value);

const namesOf = (value: unknown): string[] =>
  typeof value === 'object' && value !== null ? Object.keys(value).sort() : [];

const nameOf = (path: Node): string =>
  path.type === 'PathExpression' ? (path as hbs.AST.PathExpression).original : '';

/** Handlebars tells the line in its text, or in fields of its error. */
function syntaxFinding(error: Error, text: string): TemplateFinding {
  const { lineNumber, column } = error as { lineNumber?: number; column?: number };
  const [first = '', ...rest] = error.message.split('\n');
  const line = lineNumber ?? Number(/on line (\d+)/.exec(first)?.[1] ?? text.split('\n').length);
  const expected = rest.find((one) => one.startsWith('Expecting'));
  const got = /got '(\w+)'/.exec(expected ?? '')?.[1];
  return {
    line,
    column: (column ?? 0) + 1,
    length: 1,
    message:
      expected === undefined
        ? first.replace(/ - \d+:\d+$/, '')
        : got === 'EOF'
          ? 'the template ends in the middle of {{ }} or of a block'
          : 'this cannot be read as a template of Handlebars',
  };
}
