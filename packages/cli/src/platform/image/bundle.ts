/**
 * The code of one service for an image: bundled alone, so that its bytes depend on nothing but its own code and its
 * packages; not on what is built beside it, nor on where the project or the installation lies.
 */
import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundle } from '../building/esbuild.ts';
import { portable } from '../building/fingerprints.ts';
import { englishZod, fromInstallation, loadedLate, requiredHttp } from '../building/plugins.ts';
import { runtimeFolder } from '../installation.ts';
import { named, withPortablePaths } from './portable.ts';
import { ownMappings } from './source-map.ts';

export interface BundleRequest {
  /** Findings of the compiler name files relative to it. */
  readonly project: string;
  /** Folder of the service's package, with `src/main.ts`. */
  readonly folder: string;
}

/**
 * Text by path: `main.js`, the chunks that it loads at once or late, and the source maps of those that hold the
 * project's own code.
 *
 * @throws CompileFailure
 */
export async function bundleForImage(request: BundleRequest): Promise<ReadonlyMap<string, string>> {
  // The compiler follows links.
  const project = realpathSync(request.project);
  const folder = realpathSync(request.folder);
  const runtime = runtimeFolder(project);
  const outdir = join(folder, 'dist', 'bundle');
  const { outputFiles = [], metafile } = await bundle({
    entryPoints: { main: join(folder, 'src', 'main.ts') },
    outdir,
    write: false,
    absWorkingDir: project,
    chunkNames: 'chunks/[name]-[hash]',
    plugins: [englishZod, loadedLate, requiredHttp, fromInstallation(runtime)],
    sourcemap: 'linked',
    // Stack traces name the file and the line; the code itself is in no image.
    sourcesContent: false,
  });
  const portableName = (path: string): string => portable({ project, runtime }, resolve(project, path));
  const isOwn = (path: string): boolean =>
    !/[/\\]node_modules[/\\]/.test(path) && !/^@hometrip[/\\]/.test(portableName(path));
  const labels = new Map(Object.keys(metafile.inputs).map((input) => [input, labelOf(input, portableName)]));
  const files = new Map(
    outputFiles.map(({ path, text }): [string, string] => {
      const name = path.slice(outdir.length + 1).replaceAll('\\', '/');
      if (!name.endsWith('.map')) return [name, withPortablePaths(text, labels)];
      const sourceOf = (source: string): string | undefined => {
        const file = resolve(path, '..', source);
        return isOwn(file) ? portable({ project: folder, runtime }, file) : undefined;
      };
      return [name, ownMappings(text, sourceOf, '../'.repeat(name.split('/').length))];
    }),
  );
  return named(withoutEmptyMaps(files));
}

/** What is not there in this place stands as `(disabled):path`. */
function labelOf(input: string, portableName: (path: string) => string): string {
  const [, prefix = '', path = input] = /^(\([a-z]+\):)?(.*)$/s.exec(input) ?? [];
  return prefix + portableName(path);
}

/** Of chunks with other people's code only: Node need not look for what says nothing. */
function withoutEmptyMaps(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map(
    [...files].flatMap(([name, text]): [string, string][] => {
      if (name.endsWith('.map')) return text === '' ? [] : [[name, text]];
      return files.get(`${name}.map`) === ''
        ? [[name, text.replace(/\n\/\/# sourceMappingURL=\S+\n?$/, '\n')]]
        : [[name, text]];
    }),
  );
}
