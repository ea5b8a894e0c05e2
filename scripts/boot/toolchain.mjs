// The Node and pnpm of this checkout: from npm, at the versions of scripts/toolchain/package-lock.json.
// @ts-check
import { copyFileSync, existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { BootError, installError } from './errors.mjs';
import { withoutNpmVariables } from './npm-env.mjs';
import { root, toolchainDir } from './paths.mjs';
import { step } from './progress.mjs';
import { capture } from './run.mjs';
import { hashOf } from './stamp.mjs';

const NEEDED_NODE = 24;
const FILES = ['package.json', 'package-lock.json', '.npmrc'];
const source = join(root, 'scripts', 'toolchain');
/** npm's patience, shortened: without a network its own defaults take minutes to say so. */
const QUICK_RETRIES = ['--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=4000'];
export { QUICK_RETRIES };

/**
 * @typedef {object} Toolchain
 * @property {string} node absolute path of a Node that is new enough
 * @property {string} pnpm absolute path of pnpm's JavaScript
 */

const ownNodeWillDo = Number.parseInt(process.versions.node, 10) >= NEEDED_NODE;

function folder() {
  const kind = ownNodeWillDo ? 'pnpm' : `node-${process.platform}-${process.arch}`;
  const hash = hashOf(
    FILES.map((file) => join(source, file)),
    [kind],
  );
  return join(toolchainDir, `${kind}-${hash}`);
}

/** @param {string} dir @returns {Toolchain} */
function inFolder(dir) {
  const modules = join(dir, 'node_modules');
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  return {
    node: ownNodeWillDo ? process.execPath : join(modules, nodePackage(), 'bin', binary),
    pnpm: join(modules, 'pnpm', 'bin', 'pnpm.cjs'),
  };
}

const nodePackage = () => `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** The toolchain if it is installed already. @returns {Toolchain | undefined} */
export function installedToolchain() {
  const dir = folder();
  return existsSync(dir) ? inFolder(dir) : undefined;
}

/** Needs the lock. @returns {Promise<Toolchain>} */
export async function ensureToolchain() {
  const installed = installedToolchain();
  if (installed !== undefined) return installed;
  removeLeftovers();
  const partial = join(toolchainDir, `partial-${process.pid}`);
  mkdirSync(partial);
  try {
    for (const file of FILES) copyFileSync(join(source, file), join(partial, file));
    await step(ownNodeWillDo ? 'pnpm' : 'Node 24 and pnpm', () => npmCi(partial));
    const { node } = inFolder(partial);
    if (!existsSync(node)) {
      throw new BootError(
        `npm has no Node ${NEEDED_NODE} for ${process.platform} on ${process.arch}, and this Node is ${process.versions.node}`,
        {
          next: [
            `install Node ${NEEDED_NODE} or newer by your system's own means, then run the same command again`,
          ],
        },
      );
    }
    renameSync(partial, folder());
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return inFolder(folder());
}

/** What earlier runs left when they were killed, and toolchains of other versions; not the one whose Node runs this. */
function removeLeftovers() {
  for (const name of readdirSync(toolchainDir)) {
    const path = join(toolchainDir, name);
    if (!/^(partial|pnpm|node)-/.test(name) || process.execPath.startsWith(realpathSync(path) + sep))
      continue;
    rmSync(path, { recursive: true, force: true });
  }
}

/** @param {string} cwd */
async function npmCi(cwd) {
  const [file, ...first] = npmCommand();
  const args = [
    ...first,
    'ci',
    '--ignore-scripts',
    '--prefer-offline',
    ...QUICK_RETRIES,
    ...(ownNodeWillDo ? ['--omit=optional'] : []),
  ];
  const env = withoutNpmVariables(process.env);
  const { code, output } = await capture(file ?? 'npm', args, { cwd, env, shell: file === 'npm.cmd' });
  if (code !== 0) throw installError(ownNodeWillDo ? 'pnpm' : 'Node and pnpm', output);
}

/** npm as it runs us, as it lies beside this Node, or as PATH has it. @returns {string[]} */
export function npmCommand() {
  const beside = dirname(process.execPath);
  const candidates = [
    process.env['npm_execpath'],
    join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const script = candidates.find(
    (path) => path !== undefined && basename(path) === 'npm-cli.js' && existsSync(path),
  );
  if (script !== undefined) return [process.execPath, script];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}
