// What a bundle holds of other people's packages, and under which licences.
// @ts-check
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { BootError } from '../boot/errors.mjs';

/**
 * @typedef {object} Held a package of which the bundle holds something
 * @property {string} name
 * @property {string} version
 * @property {string} license SPDX expression
 * @property {string} text of its licence and notice files
 */

/**
 * @param {import('../../packages/cli/node_modules/esbuild/lib/main.js').Metafile} metafile
 * @param {string} folder that its paths are relative to
 * @returns {Held[]} sorted by name and version
 * @throws BootError for a package that does not say under which licence it is
 */
export function bundledPackages(metafile, folder) {
  const inputs = new Set(Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs)));
  const folders = new Set([...inputs].flatMap((input) => packageFolder(resolve(folder, input)) ?? []));
  const all = [...folders].map(describe);
  const unique = new Map(all.map((held) => [`${held.name}@${held.version}`, held]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, held]) => held);
}

/** @param {readonly Held[]} held */
export function licences(held) {
  const sections = held.map(
    ({ name, version, license, text }) => `${name} ${version}\nLicence: ${license}\n\n${text.trim()}`,
  );
  return ['The files in dist/ hold code of the following packages.', ...sections, '']
    .join(`\n\n${'-'.repeat(80)}\n\n`)
    .replace(/\n+-+\n+$/, '\n');
}

/** Nearest folder with a package.json that has a name, below node_modules. @param {string} file */
function packageFolder(file) {
  if (!/[\\/]node_modules[\\/]/.test(file)) return undefined;
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name !== undefined) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** @param {string} folder @returns {Held} */
function describe(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string')
    throw new BootError(`${name} ${version} does not say under which licence it is`);
  const files = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)(\.|-|$)/i.test(file))
    .sort();
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return { name, version, license, text: texts.join('\n\n') };
}
