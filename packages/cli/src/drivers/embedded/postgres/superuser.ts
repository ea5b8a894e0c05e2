import type { RunnableBinaries } from './binaries.ts';
import { runProgram } from './program.ts';
import type { RunAs } from './run-as.ts';
import { dataDirArgument } from './run-as.ts';
import { scramVerifier } from './scram.ts';

/** The role that initdb makes; hometrip alone uses it. */
export const SUPERUSER = 'postgres';

/**
 * Sets the superuser's password while the server is stopped, in single-user mode.
 *
 * A template carries no password, and no password means no login (every rule asks for SCRAM). So a fresh copy needs
 * its own one before it listens. Single-user mode takes 20 to 50 ms, opens no socket (a start with `trust` would let
 * anybody in for a moment), reads from standard input, and can set a lost password anew: whoever owns the files owns
 * the cluster anyway.
 */
export async function setSuperuserPassword(
  binaries: RunnableBinaries,
  dataDir: string,
  runAs: RunAs | undefined,
  password: string,
): Promise<void> {
  const verifier = await scramVerifier(password);
  const args = ['--single', '-D', dataDirArgument(dataDir, runAs), '-c', 'exit_on_error=on', SUPERUSER];
  const input = `ALTER ROLE ${SUPERUSER} LOGIN SUPERUSER PASSWORD '${verifier}'\n`;
  await runProgram(binaries.postgres, args, { dataDir, runAs, env: binaries.env, input });
}
