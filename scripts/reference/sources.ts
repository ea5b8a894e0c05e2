/** The sources of the runtime as syntax trees; other packages are not loaded, for declarations are printed as they are written. */
import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ModuleKind, ModuleResolutionKind, Project, type SourceFile, ts } from 'ts-morph';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const runtime = join(root, 'packages', 'runtime');

export function openSources(): Project {
  const project = new Project({
    skipAddingFilesFromTsConfig: true,
    compilerOptions: {
      noLib: true,
      noResolve: true,
      types: [],
      target: ts.ScriptTarget.ESNext,
      module: ModuleKind.NodeNext,
      moduleResolution: ModuleResolutionKind.NodeNext,
      allowImportingTsExtensions: true,
    },
  });
  project.addSourceFilesAtPaths(join(runtime, 'src', '**', '*.ts'));
  return project;
}

/** `src/cache/cache.ts` */
export function pathOf(file: SourceFile): string {
  return relative(runtime, file.getFilePath()).split(sep).join('/');
}

/** What a service runs: no tests, no fixtures, no servers that only tests start. */
export function productSources(project: Project): readonly SourceFile[] {
  const others = /\.(test|fixture)\.ts$|conformance\.ts$|\/testing(\/|\.ts$)/;
  return project
    .getSourceFiles()
    .filter((file) => !others.test(pathOf(file)))
    .sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
}

/** Name under which it is imported → its file: `@hometrip/runtime/testing` → `src/testing/index.ts`. */
export function entryPoints(): ReadonlyMap<string, string> {
  const { name, exports } = JSON.parse(readFileSync(join(runtime, 'package.json'), 'utf8')) as {
    name: string;
    exports: Record<string, string>;
  };
  const modules = Object.entries(exports).filter(([, file]) => file.endsWith('.ts'));
  return new Map(modules.map(([key, file]) => [name + key.slice(1), join(runtime, file)]));
}

/** From a page of docs/reference (or a folder below it) to a file of the runtime. */
export function linkTo(path: string, depth = 0): string {
  return `[${path.replace(/^src\//, '')}](${'../'.repeat(2 + depth)}packages/runtime/${path})`;
}
