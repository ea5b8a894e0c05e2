// Finds imports that run against the arrows, in TypeScript as our formatter leaves it.
// @ts-check
import { dirname, join, relative, sep } from 'node:path';
import { CONTRACTS } from './arrows.mjs';

const IMPORT =
  /^\s*(?:import|export)\s(?:[^'"`;]*?\sfrom\s)?\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;

/** @typedef {import('./arrows.mjs').Arrow} Arrow */

/**
 * @param {string} source
 * @returns {{ specifier: string, typeOnly: boolean, line: number }[]} every static, type, re-exporting and literal dynamic import
 */
export function importsOf(source) {
  return [...source.matchAll(IMPORT)].map((match) => ({
    specifier: match[1] ?? match[2] ?? '',
    typeOnly: /^\s*(?:import|export)\s+type\s/.test(match[0]),
    line: source.slice(0, match.index + match[0].length).split('\n').length,
  }));
}

/**
 * @param {string} path of the importing file, relative to packages/cli/src, with /
 * @param {string} source
 * @param {Readonly<Record<string, Arrow>>} arrows
 * @returns {string[]} findings
 */
export function breaches(path, source, arrows) {
  const folder = folderOf(path);
  const arrow = arrows[folder];
  if (arrow === undefined) return [`${path}: ${folder}/ has no row in scripts/lint/arrows.mjs`];
  return importsOf(source).flatMap(({ specifier, typeOnly, line }) => {
    const reason = specifier.startsWith('.')
      ? relativeBreach(path, specifier, typeOnly, arrow)
      : packageBreach(specifier, arrow);
    return reason === undefined
      ? []
      : [`${path}:${line}: ${folder === '.' ? path : `${folder}/`} may not import ${reason}`];
  });
}

/** @param {string} path @param {string} specifier @param {boolean} typeOnly @param {Arrow} arrow */
function relativeBreach(path, specifier, typeOnly, arrow) {
  const target = relative('.', join(dirname(path), specifier))
    .split(sep)
    .join('/');
  if (target.startsWith('../')) return `${specifier}, which is outside packages/cli/src`;
  const folder = folderOf(target);
  if (
    folder === folderOf(path) ||
    arrow.from.includes(folder) ||
    arrow.from.includes(target) ||
    (typeOnly && CONTRACTS.includes(target))
  )
    return undefined;
  return `from ${target}`;
}

/** @param {string} specifier @param {Arrow} arrow */
function packageBreach(specifier, arrow) {
  return arrow.never?.some((name) => specifier === name || specifier.startsWith(`${name}/`))
    ? specifier
    : undefined;
}

/** @param {string} path */
const folderOf = (path) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '.');
