import { expect, it } from 'vitest';
import { installError } from './errors.mjs';

it.each([
  [
    'npm error code EAI_AGAIN\nnpm error network',
    /^could not reach the npm registry for pnpm \(EAI_AGAIN\)$/,
  ],
  [' WARN  GET x error (ENOTFOUND). Will retry', /^could not reach the npm registry for pnpm \(ENOTFOUND\)$/],
  ['ERR_PNPM_OUTDATED_LOCKFILE  Cannot install', /^pnpm-lock\.yaml does not match the package\.json files/],
  ['one\n\ntwo\n', /^could not install pnpm; the last lines were:\n {4}one\n {4}two$/],
])('says what %j means for the user', (output, message) => {
  expect(installError('pnpm', output).message).toMatch(message);
});
