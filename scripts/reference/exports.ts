/** Everything that somebody can import from the runtime, with where it is declared. */
import { Node, type Project, type SourceFile } from 'ts-morph';
import { entryPoints, pathOf } from './sources.ts';

export interface Export {
  readonly name: string;
  /** Several for overloads, and for a type and a value of one name. */
  readonly nodes: readonly Node[];
  /** `src/cache/cache.ts` */
  readonly path: string;
  /** Names of modules, the first one is where to take it from. */
  readonly from: readonly string[];
}

/** What an entry point hands on from another package: `z` of zod. */
export interface Foreign {
  readonly name: string;
  readonly of: string;
  readonly from: string;
}

/** In the order of the entry points, then by name. */
export function exportsOf(project: Project): { own: readonly Export[]; foreign: readonly Foreign[] } {
  const own = new Map<string, Export & { from: string[] }>();
  const foreign: Foreign[] = [];
  for (const [from, file] of entryPoints()) {
    const source = project.getSourceFileOrThrow(file);
    foreign.push(...foreignOf(source, from));
    for (const [name, nodes] of [...source.getExportedDeclarations()].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const first = nodes[0];
      if (first === undefined || Node.isSourceFile(first)) continue;
      const path = pathOf(first.getSourceFile());
      const known = own.get(`${path} ${name}`);
      if (known === undefined) own.set(`${path} ${name}`, { name, nodes, path, from: [from] });
      else known.from.push(from);
    }
  }
  return { own: [...own.values()], foreign };
}

function foreignOf(source: SourceFile, from: string): Foreign[] {
  return source
    .getExportDeclarations()
    .filter((declaration) => declaration.getModuleSpecifierValue()?.startsWith('.') === false)
    .flatMap((declaration) =>
      declaration.getNamedExports().map((named) => ({
        name: named.getName(),
        of: declaration.getModuleSpecifierValue() ?? '',
        from,
      })),
    );
}
