/** Three-way merge of import declarations: by module and name, never by line. */
import { ts } from 'ts-morph';
import type { ThreeTexts } from './three-texts.ts';

/** One imported thing. `text` is what stands in the braces (`type A as B`) or before them (`* as path`, `express`). */
interface Atom {
  readonly module: string;
  readonly typeOnly: boolean;
  readonly kind: 'default' | 'namespace' | 'named' | 'side-effect';
  readonly text: string;
  /** The local name; empty for a side effect. */
  readonly local: string;
}

interface ImportBlock {
  readonly start: number;
  readonly end: number;
  readonly declarations: readonly ts.ImportDeclaration[];
  readonly atoms: ReadonlyMap<string, Atom>;
  /** What stands between the imports: comments. */
  readonly rest: string;
  /** The file without its imports. */
  readonly body: string;
}

/** Puts the rendering's import changes into the user's imports; undefined when there is nothing to do, or unsure. */
export function mergeImports(texts: ThreeTexts): { texts: ThreeTexts; region: string } | undefined {
  const [base, mine, theirs] = [readBlock(texts.base), readBlock(texts.mine), readBlock(texts.theirs)];
  if (base === undefined || mine === undefined || theirs === undefined) return undefined;
  const source = (text: string, block: ImportBlock): string => text.slice(block.start, block.end);
  const before = source(texts.mine, mine);
  if (before === source(texts.base, base) || source(texts.theirs, theirs) === source(texts.base, base))
    return undefined;
  if (theirs.rest !== base.rest) return undefined;

  const added = [...theirs.atoms]
    .filter(([key]) => !base.atoms.has(key) && !mine.atoms.has(key))
    .map(([, atom]) => atom);
  const removed = [...base.atoms]
    .filter(([key, atom]) => !theirs.atoms.has(key) && mine.atoms.has(key) && !usedMore(base, mine, atom))
    .map(([key]) => key);
  const taken = new Set([...mine.atoms.values()].map((atom) => atom.local));
  if (added.some((atom) => atom.local !== '' && taken.has(atom.local))) return undefined;

  const region = rewrite(texts.mine, mine, added, new Set(removed));
  const replace = (text: string, block: ImportBlock): string =>
    text.slice(0, block.start) + region + text.slice(block.end);
  return {
    texts: {
      base: replace(texts.base, base),
      mine: replace(texts.mine, mine),
      theirs: replace(texts.theirs, theirs),
    },
    region,
  };
}

function readBlock(text: string): ImportBlock | undefined {
  const file = ts.createSourceFile('file.ts', text, ts.ScriptTarget.ESNext, true);
  const declarations = file.statements.filter(ts.isImportDeclaration);
  const [first, last] = [declarations[0], declarations.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const from = file.statements.indexOf(first);
  const contiguous = file.statements.slice(from, from + declarations.length).every(ts.isImportDeclaration);
  if (!contiguous || declarations.some((declaration) => declaration.attributes !== undefined))
    return undefined;
  const [start, end] = [first.getStart(file), last.end];
  const rest = declarations
    .slice(1)
    .map((declaration) => text.slice(declaration.pos, declaration.getStart(file)).trim())
    .filter((comment) => comment !== '')
    .join('\n');
  const atoms = new Map(declarations.flatMap(atomsOf).map((atom) => [keyOf(atom), atom]));
  return { start, end, declarations, atoms, rest, body: text.slice(0, start) + text.slice(end) };
}

function atomsOf(declaration: ts.ImportDeclaration): Atom[] {
  const module = (declaration.moduleSpecifier as ts.StringLiteral).text;
  const clause = declaration.importClause;
  if (clause === undefined) return [{ module, typeOnly: false, kind: 'side-effect', text: '', local: '' }];
  const typeOnly = clause.isTypeOnly;
  const atoms: Atom[] = [];
  if (clause.name !== undefined)
    atoms.push({ module, typeOnly, kind: 'default', text: clause.name.text, local: clause.name.text });
  const bindings = clause.namedBindings;
  if (bindings !== undefined && ts.isNamespaceImport(bindings)) {
    atoms.push({ module, typeOnly, kind: 'namespace', text: bindings.getText(), local: bindings.name.text });
  } else if (bindings !== undefined) {
    atoms.push(
      ...bindings.elements.map(
        (element): Atom => ({
          module,
          typeOnly,
          kind: 'named',
          text: element.getText(),
          local: element.name.text,
        }),
      ),
    );
  }
  return atoms;
}

function keyOf(atom: Atom): string {
  return JSON.stringify([atom.module, atom.typeOnly, atom.kind, atom.text]);
}

/** Whether the user's code refers to the name more often than the generated code did: then its import must stay. */
function usedMore(base: ImportBlock, mine: ImportBlock, atom: Atom): boolean {
  const count = (text: string): number => text.split(/[^\w$]+/).filter((word) => word === atom.local).length;
  return atom.local !== '' && count(mine.body) > count(base.body);
}

/** The user's import block with names added and removed; declarations that need no change keep their text. */
function rewrite(
  text: string,
  block: ImportBlock,
  added: readonly Atom[],
  removed: ReadonlySet<string>,
): string {
  let waiting = [...added];
  let result = '';
  let from = block.start;
  for (const declaration of block.declarations) {
    const own = atomsOf(declaration);
    const kept = own.filter((atom) => !removed.has(keyOf(atom)));
    const accepts = own.some((atom) => atom.kind === 'named');
    const joining = accepts
      ? waiting.filter(
          (atom) =>
            atom.kind === 'named' && atom.module === own[0]?.module && atom.typeOnly === own[0].typeOnly,
        )
      : [];
    waiting = waiting.filter((atom) => !joining.includes(atom));
    const unchanged = kept.length === own.length && joining.length === 0;
    const start = declaration.getStart();
    result += text.slice(from, start);
    if (unchanged) result += text.slice(start, declaration.end);
    else if (kept.length + joining.length > 0) result += print([...kept, ...joining], declaration.getText());
    else result = result.replace(/\n$/, ''); // the line goes with its declaration
    from = declaration.end;
  }
  const quoteSource = block.declarations[0]?.getText() ?? '';
  const fresh = Map.groupBy(waiting, (atom) =>
    JSON.stringify([atom.module, atom.typeOnly, atom.kind === 'named' ? 'named' : atom.text]),
  );
  const lines = [...fresh.values()].map((atoms) => print(atoms, quoteSource));
  return [result.replace(/^\n+/, ''), ...lines].filter((part) => part !== '').join('\n');
}

function print(atoms: readonly Atom[], like: string): string {
  const [first] = atoms;
  if (first === undefined) return '';
  const { module, typeOnly } = first;
  const quote = like.includes("'") ? "'" : '"';
  const end = like.trimEnd().endsWith(';') ? ';' : '';
  const outside = atoms
    .filter((atom) => atom.kind === 'default' || atom.kind === 'namespace')
    .map((atom) => atom.text);
  const named = atoms.filter((atom) => atom.kind === 'named').map((atom) => atom.text);
  const keyword = typeOnly ? 'import type' : 'import';
  if (outside.length + named.length === 0) return `import ${quote}${module}${quote}${end}`;
  const tail = `from ${quote}${module}${quote}${end}`;
  const oneLine = [...outside, ...(named.length > 0 ? [`{ ${named.join(', ')} }`] : [])].join(', ');
  if (oneLine.length + tail.length + keyword.length < 108 && !like.includes('\n'))
    return `${keyword} ${oneLine} ${tail}`;
  const braces = named.length > 0 ? [`{\n${named.map((name) => `  ${name},\n`).join('')}}`] : [];
  return `${keyword} ${[...outside, ...braces].join(', ')} ${tail}`;
}
