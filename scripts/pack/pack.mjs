// Both packages: each is staged as it will be installed, with a package.json of its own, and packed by npm.
// @ts-check
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BootError } from '../boot/errors.mjs';
import { withoutNpmVariables } from '../boot/npm-env.mjs';
import { capture } from '../boot/run.mjs';
import { npmCommand } from '../boot/toolchain.mjs';
import { stageCli } from './cli.mjs';
import { stageRuntime } from './runtime.mjs';

/**
 * @param {string} out folder that receives the tarballs
 * @returns {Promise<{ runtime: string, cli: string }>} their paths
 * @throws BootError when something does not compile, or npm refuses
 */
export async function pack(out) {
  mkdirSync(out, { recursive: true });
  const [runtime, cli] = [await packed(stageRuntime, out), await packed(stageCli, out)];
  return { runtime, cli };
}

/** @param {(folder: string) => Promise<void>} stage @param {string} out */
async function packed(stage, out) {
  const folder = mkdtempSync(join(tmpdir(), 'hometrip-pack-'));
  try {
    await stage(folder);
    return await npmPack(folder, out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder @param {string} out */
async function npmPack(folder, out) {
  const [file = 'npm', ...first] = npmCommand();
  const args = [...first, 'pack', '--json', '--ignore-scripts', '--pack-destination', out];
  const { code, output } = await capture(file, args, { cwd: folder, env: withoutNpmVariables(process.env) });
  if (code !== 0) throw new BootError(`npm could not pack ${folder}:\n${output}`);
  const [{ filename }] = JSON.parse(output.slice(output.indexOf('[')));
  return join(out, filename);
}
