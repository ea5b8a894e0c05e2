// @hometrip/cli as its bundle, with templates and schema. A package that the bundle holds is not a dependency any more; the
// licences of those stand in THIRD-PARTY-LICENSES.
// @ts-check
import { copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LATE } from '../../packages/cli/src/platform/late.ts';
import { bundle, helpOf } from '../boot/bundle.mjs';
import { root } from '../boot/paths.mjs';
import { bundledPackages, licences } from './licences.mjs';
import { copyReadme, manifestOf, writeManifest } from './manifest.mjs';

const cli = join(root, 'packages', 'cli');

/** Packages that the bundle leaves to node_modules. @param {import('../../packages/cli/node_modules/esbuild/lib/main.js').Metafile} metafile */
const importedBy = (metafile) =>
  Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .flatMap(({ path, external }) => (external === true ? [path] : []));

/** @param {string} folder */
export async function stageCli(folder) {
  const manifest = manifestOf('cli');
  const { outputFiles, metafile } = await bundle();
  const dist = join(folder, 'dist');
  mkdirSync(dist);
  for (const { path, contents } of outputFiles) writeFileSync(join(dist, basename(path)), contents);
  for (const name of ['bin', 'bundled', 'schema'])
    cpSync(join(cli, name), join(folder, name), { recursive: true });
  cpSync(join(root, 'templates'), join(folder, 'templates'), {
    recursive: true,
    filter: (path) => basename(path) !== 'node_modules',
  });
  mkdirSync(join(folder, 'templates', 'init', 'hometrip'));
  copyFileSync(join(root, 'services.yaml'), join(folder, 'templates', 'init', 'hometrip', 'services.yaml'));
  copyReadme('cli', folder);

  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES'), licences(bundledPackages(metafile, cli)));
  const needed = new Set([...importedBy(metafile), ...LATE]);
  const dependencies = Object.entries(manifest.dependencies).filter(([name]) => needed.has(name));
  writeManifest(folder, manifest, {
    bin: manifest.bin,
    exports: { ...manifest.exports, './vitest': './dist/testing.js' },
    files: ['bin', 'bundled', 'dist', 'schema', 'templates', 'THIRD-PARTY-LICENSES'],
    // Services are built with it wherever a project has none of its own.
    dependencies: { '@hometrip/runtime': manifest.version, ...Object.fromEntries(dependencies) },
    optionalDependencies: manifest.optionalDependencies,
  });
  // Last, since it reads what it describes.
  writeFileSync(join(dist, 'help.json'), await helpOf(process.execPath, dist));
}
