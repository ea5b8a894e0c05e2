// @ts-check
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../boot/paths.mjs';

/**
 * @typedef {object} Manifest a package.json
 * @property {string} name
 * @property {string} version
 * @property {string} description
 * @property {string} license
 * @property {Record<string, string>} engines
 * @property {Record<string, string>} [bin]
 * @property {Record<string, string>} [exports]
 * @property {Record<string, string>} dependencies
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, { optional: boolean }>} [peerDependenciesMeta]
 */

/** @param {string} member folder below packages/ @returns {Manifest} */
export const manifestOf = (member) =>
  JSON.parse(readFileSync(join(root, 'packages', member, 'package.json'), 'utf8'));

/**
 * What both packages say alike, then what one of them says of itself, and the licence beside it.
 * @param {string} folder @param {Manifest} manifest @param {object} own
 */
export function writeManifest(folder, { name, version, description, license, engines }, own) {
  const text = JSON.stringify(
    { name, version, description, license, type: 'module', engines, ...own },
    null,
    2,
  );
  writeFileSync(join(folder, 'package.json'), `${text}\n`);
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
}

/** Links that lead out of the package become plain text. @param {string} member folder below packages/ @param {string} folder */
export function copyReadme(member, folder) {
  const text = readFileSync(join(root, 'packages', member, 'README.md'), 'utf8');
  writeFileSync(join(folder, 'README.md'), text.replaceAll(/\[([^\]]+)\]\(\.\.\/[^)]+\)/g, '$1'));
}
