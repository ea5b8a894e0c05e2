// The packages of the workspace, exactly as pnpm-lock.yaml names them.
// @ts-check
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installError } from './errors.mjs';
import { withoutNpmVariables } from './npm-env.mjs';
import { root } from './paths.mjs';
import { step } from './progress.mjs';
import { capture } from './run.mjs';
import { hashOf, readOr, writeAtomic } from './stamp.mjs';
import { QUICK_RETRIES } from './toolchain.mjs';

/** Inside node_modules, so that whoever deletes the packages deletes the claim that they are there. */
const stamp = join(root, 'node_modules', '.hometrip-stamp');

function wanted() {
  const members = readdirSync(join(root, 'packages')).sort();
  const files = [
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'package.json',
    ...members.map((name) => join('packages', name, 'package.json')),
  ];
  return hashOf(
    files.map((file) => join(root, file)),
    [process.platform, process.arch],
  );
}

export const dependenciesAreCurrent = () => readOr(stamp, '') === wanted();

/** Needs the lock. @param {import('./toolchain.mjs').Toolchain} toolchain */
export async function ensureDependencies({ node, pnpm }) {
  const hash = wanted();
  if (readOr(stamp, '') === hash) return;
  rmSync(stamp, { force: true });
  const clean = withoutNpmVariables(process.env);
  const separator = process.platform === 'win32' ? ';' : ':';
  // CI=true: pnpm asks nothing, and replaces a node_modules that another package manager made.
  const env = { ...clean, CI: 'true', PATH: `${dirname(node)}${separator}${clean['PATH'] ?? ''}` };
  const args = [pnpm, 'install', '--frozen-lockfile', '--prefer-offline', ...QUICK_RETRIES];
  await step('packages', async () => {
    const { code, output } = await capture(node, args, { cwd: root, env });
    if (code !== 0) throw installError('the packages of pnpm-lock.yaml', output);
  });
  writeAtomic(stamp, hash);
}
