// @hometrip/runtime as JavaScript with its types: what can be reached from its exports, and nothing else.
// @ts-check
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BootError } from '../boot/errors.mjs';
import { root } from '../boot/paths.mjs';
import { capture } from '../boot/run.mjs';
import { copyReadme, manifestOf, writeManifest } from './manifest.mjs';

const runtime = join(root, 'packages', 'runtime');

/** @param {string} folder */
export async function stageRuntime(folder) {
  const manifest = manifestOf('runtime');
  const sources = Object.entries(manifest.exports ?? {}).filter(([, path]) => path.endsWith('.ts'));
  await compile(
    sources.map(([, path]) => join(runtime, path)),
    folder,
  );
  copyReadme('runtime', folder);
  const { dependencies, peerDependencies, peerDependenciesMeta } = manifest;
  writeManifest(folder, manifest, {
    exports: {
      ...Object.fromEntries(sources.map(([name, path]) => [name, built(path)])),
      './package.json': './package.json',
    },
    files: ['dist'],
    dependencies,
    peerDependencies,
    peerDependenciesMeta,
  });
}

/** `./src/openapi/index.ts` → where its types and its code are. @param {string} path */
function built(path) {
  const name = path.replace('./src/', './dist/').replace(/\.ts$/, '');
  return { types: `${name}.d.ts`, default: `${name}.js` };
}

/** @param {string[]} files @param {string} folder */
async function compile(files, folder) {
  const settings = join(folder, 'tsconfig.json');
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    rewriteRelativeImportExtensions: true,
    rootDir: join(runtime, 'src'),
    outDir: join(folder, 'dist'),
    typeRoots: [join(root, 'node_modules', '@types')],
  };
  writeFileSync(
    settings,
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, files, include: [] }),
  );
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { code, output } = await capture(process.execPath, [tsc, '-p', settings], {
    cwd: root,
    env: process.env,
  });
  if (code !== 0) throw new BootError(`packages/runtime does not compile:\n${output}`);
}
