// The way in on a machine with nothing but Node (18 or newer) and npm: prepares the checkout, then runs hometrip.
//   node scripts/boot.mjs [ARGS...]              hometrip with these arguments
//   node scripts/boot.mjs --run TASK [ARGS...]   a task of the repository: test, check …
//   node scripts/boot.mjs --prepare              only the preparation (the ./hometrip launcher then goes on by itself)
// @ts-check
import { BootError } from './boot/errors.mjs';
import { enterPoint } from './boot/paths.mjs';
import { prepare } from './boot/prepare.mjs';
import { runAsOurselves } from './boot/run.mjs';
import { runTask } from './boot/tasks.mjs';

/** @param {string[]} args */
async function main(args) {
  const { node, env } = await prepare();
  if (args[0] === '--prepare') return;
  if (args[0] === '--run') process.exitCode = await runTask({ node, env }, args[1] ?? '', args.slice(2));
  else await runAsOurselves(node, [enterPoint, ...args], process.env);
}

try {
  if (Number.parseInt(process.versions.node, 10) < 18) {
    throw new BootError(`hometrip needs Node 18 or newer to start; this is ${process.versions.node}`);
  }
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BootError)) throw error;
  process.stderr.write(`error: ${error.message}\n${error.next.map((step) => `  try: ${step}\n`).join('')}`);
  process.exitCode = error.exitCode;
}
