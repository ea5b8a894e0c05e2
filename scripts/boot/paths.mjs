// @ts-check
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** Everything that the preparation makes, apart from node_modules and the bundle. Git ignores it. */
export const toolchainDir = join(root, '.toolchain');
/** Its existence says that all is prepared, its time when; ./hometrip compares that with the files it depends on. */
export const readyFile = join(toolchainDir, 'ready');
/** Link to the Node that hometrip runs on. */
export const nodeLink = join(toolchainDir, 'node');
export const enterPoint = join(root, 'packages', 'cli', 'bin', 'hometrip.js');
