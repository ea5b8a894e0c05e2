// npm run pack [-- FOLDER]: @hometrip/runtime and @hometrip/cli as tarballs that npm installs, in dist/ or in FOLDER.
// @ts-check
import { join, resolve } from 'node:path';
import { BootError } from '../boot/errors.mjs';
import { root } from '../boot/paths.mjs';
import { pack } from './pack.mjs';

try {
  const { runtime, cli } = await pack(resolve(process.argv[2] ?? join(root, 'dist')));
  process.stdout.write(`${runtime}\n${cli}\n`);
} catch (error) {
  if (!(error instanceof BootError)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
