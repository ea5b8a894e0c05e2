import { fileURLToPath } from 'node:url';

/** For tests: root of this repository. */
export const repository = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/[\\/]$/, '');
