/** What the declarations of an export mention: a reader who wants to name a type must be able to import it. */
import { Node, type Project } from 'ts-morph';
import { exportsOf } from './exports.ts';
import { pathOf } from './sources.ts';

/** `src/calls/pool.ts: Picked, in InstancePool`, for types that their file exports and no entry point does. */
export function unreachableTypes(project: Project): readonly string[] {
  const { own } = exportsOf(project);
  const reachable = new Set(own.flatMap(({ nodes }) => nodes));
  const found = new Set<string>();
  for (const { name, nodes } of own) {
    for (const node of nodes) {
      node.forEachDescendant((child, traversal) => {
        if (Node.isBlock(child) || isPrivate(child)) return traversal.skip();
        if (!Node.isTypeReference(child) && !Node.isExpressionWithTypeArguments(child)) return;
        const target = Node.isTypeReference(child) ? child.getTypeName() : child.getExpression();
        const symbol = target.getSymbol();
        for (const declared of (symbol?.getAliasedSymbol() ?? symbol)?.getDeclarations() ?? []) {
          if (reachable.has(declared) || !Node.isExportable(declared) || !declared.isExported()) continue;
          found.add(`${pathOf(declared.getSourceFile())}: ${target.getText()}, in ${name}`);
        }
      });
    }
  }
  return [...found].sort();
}

const isPrivate = (node: Node): boolean =>
  (Node.isPropertyDeclaration(node) || Node.isMethodDeclaration(node)) && node.getName().startsWith('#');
