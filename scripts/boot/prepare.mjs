// Toolchain, packages, bundle: each only if something that it was made from has changed.
// @ts-check
import {
  existsSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { bundleIsCurrent, ensureBundle } from './bundle.mjs';
import { dependenciesAreCurrent, ensureDependencies } from './dependencies.mjs';
import { withLock } from './lock.mjs';
import { nodeLink, readyFile, root, toolchainDir } from './paths.mjs';
import { ensureToolchain, installedToolchain } from './toolchain.mjs';

/** Clocks of file systems tick more coarsely than ours: a file written just after we looked may seem this much older. */
const TICK = 20;

/** @returns {Promise<{ node: string, env: NodeJS.ProcessEnv }>} the Node to go on with, and an environment whose PATH finds it and the workspace's tools */
export async function prepare() {
  const looked = Date.now() - TICK;
  const installed = installedToolchain();
  const current = installed !== undefined && dependenciesAreCurrent() && bundleIsCurrent();
  const toolchain = current ? installed : await withLock(join(toolchainDir, 'lock'), prepareAll);
  markReady(toolchain.node, looked);
  const path = [dirname(toolchain.node), join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''];
  return { node: toolchain.node, env: { ...process.env, PATH: path.join(delimiter) } };
}

async function prepareAll() {
  const toolchain = await ensureToolchain();
  await ensureDependencies(toolchain);
  await ensureBundle(toolchain.node);
  return toolchain;
}

/** For ./hometrip. @param {string} node @param {number} time milliseconds since the epoch */
function markReady(node, time) {
  if (process.platform === 'win32') return; // links need rights there, and hometrip.cmd always comes here first
  if (!existsSync(nodeLink) || readlinkSync(nodeLink) !== node) {
    const partial = `${nodeLink}.${process.pid}.partial`;
    rmSync(partial, { force: true });
    symlinkSync(node, partial);
    renameSync(partial, nodeLink);
  }
  writeFileSync(readyFile, '');
  utimesSync(readyFile, time / 1000, time / 1000);
}
