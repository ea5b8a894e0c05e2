// The pipeline's arrows, and the names that have one place each, checked over the sources: node scripts/lint/boundaries.mjs
// @ts-check
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ARROWS } from './arrows.mjs';
import { domainLiterals } from './domain.mjs';
import { breaches, importsOf } from './imports.mjs';
import { namedLiterals } from './literals.mjs';
import { isRead, unclearWords } from './words.mjs';
import { allCapabilities } from '../../packages/cli/src/model/capabilities.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const WRITES_STDOUT = /\bprocess\.stdout\b/;

/** Tests may reach anywhere: they look at the pipeline from outside. @param {string} folder @returns {string[]} */
function sources(folder) {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names
    .map((name) => name.split(sep).join('/'))
    .filter((name) => name.endsWith('.ts') && !/\.(test|fixture)\.ts$|(^|\/)(testing|fixtures)\//.test(name))
    .sort();
}

/** @param {string} folder @param {string} path */
const read = (folder, path) => readFileSync(join(root, folder, path), 'utf8');

function cliFindings() {
  const folder = 'packages/cli/src';
  const components = sources(`${folder}/components`).flatMap(
    (path) => /^([^/]+)\/index\.ts$/.exec(path)?.[1] ?? [],
  );
  const names = {
    capabilities: allCapabilities(),
    components,
  };
  return sources(folder).flatMap((path) => {
    const source = read(folder, path);
    const found = breaches(path, source, ARROWS);
    if (WRITES_STDOUT.test(source) && !/^(ui|main\.ts)/.test(path))
      found.push(`${path}: only ui/ writes to stdout`);
    found.push(...namedLiterals(path, source, names));
    return found.map((finding) => `${folder}/${finding}`);
  });
}

function runtimeFindings() {
  const folder = 'packages/runtime/src';
  return sources(folder).flatMap((path) =>
    importsOf(read(folder, path))
      .filter(({ specifier }) => specifier.startsWith('@hometrip/cli') || specifier.includes('/cli/'))
      .map(({ line }) => `${folder}/${path}:${line}: the runtime may not import the command line`),
  );
}

function wordFindings() {
  return ['templates', 'docs/reference', 'packages/cli/src', 'packages/runtime/src'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter(isRead)
      .sort()
      .flatMap((path) => unclearWords(path, readFileSync(join(root, path), 'utf8'))),
  );
}

/** Suites that adapters and tests share are tests too. */
const SUITES = /(?:^|\/)(?:testing|(?:[a-z]+-)?conformance)\.ts$/;

function domainFindings() {
  const blueprints = readdirSync(join(root, 'templates/blueprints'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  return ['packages/cli/src', 'packages/runtime/src'].flatMap((folder) =>
    sources(folder)
      .filter((path) => !SUITES.test(path))
      .flatMap((path) => domainLiterals(`${folder}/${path}`, read(folder, path), blueprints)),
  );
}

const findings = [...cliFindings(), ...runtimeFindings(), ...domainFindings(), ...wordFindings()];
for (const finding of findings) process.stderr.write(`${finding}\n`);
if (findings.length > 0) process.exitCode = 1;
