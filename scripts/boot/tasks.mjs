// The tasks of the repository, as package.json and .ci/run call them.
// @ts-check
import { resolve } from 'node:path';
import { BootError } from './errors.mjs';
import { enterPoint, root } from './paths.mjs';
import { run } from './run.mjs';

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {readonly string[]} command JavaScript for our Node, by its path in the repository, and its arguments
 */

const vitest = (/** @type {string} */ project) => ({
  name: project,
  command: ['node_modules/vitest/vitest.mjs', 'run', '--project', project],
});
/** Tests that compare docs/reference with the code it is made from; with --update they write it. */
const REFERENCES = [
  'packages/cli/src/help/reference.test.ts',
  'packages/cli/src/spec/drift.test.ts',
  'packages/cli/src/renderers/reserved-names.test.ts',
  'scripts/reference/',
];
const biome = 'node_modules/@biomejs/biome/bin/biome';

/** @type {Readonly<Record<string, readonly Step[]>>} */
export const TASKS = {
  test: [vitest('unit'), vitest('services')],
  'test:tools': [vitest('tools')],
  'test:docker': [vitest('docker')],
  'test:random': [vitest('random')],
  'test:servers': [vitest('servers*'), vitest('services-on-servers')],
  check: [
    { name: 'types', command: ['node_modules/typescript/bin/tsc', '-p', '.'] },
    { name: 'lint and format', command: [biome, 'ci', '--error-on-warnings'] },
    { name: 'boundaries', command: ['scripts/lint/boundaries.mjs'] },
    { name: 'generated/ is current', command: [enterPoint, 'generate', '--check'] },
  ],
  reference: [
    {
      name: 'docs/reference',
      command: [...vitest('unit').command, ...REFERENCES, '--update'],
    },
  ],
  pack: [{ name: 'pack', command: ['scripts/pack/main.mjs'] }],
  format: [{ name: 'format', command: [biome, 'check', '--write'] }],
};

/**
 * @param {{ node: string, env: NodeJS.ProcessEnv }} toolchain
 * @param {string} name
 * @param {readonly string[]} args handed to each step, as in npm test -- packages/cli/src/spec
 * @returns {Promise<number>} exit code: that of the first step that failed, though all of them run
 */
export async function runTask({ node, env }, name, args) {
  const steps = TASKS[name];
  if (steps === undefined)
    throw new BootError(`there is no task ${name}`, { next: [`one of: ${Object.keys(TASKS).join(', ')}`] });
  // A layer without tests is a failure, unless somebody asks for a part of them.
  const extra = name.startsWith('test') && args.length > 0 ? [...args, '--passWithNoTests'] : args;
  let result = 0;
  for (const step of steps) {
    const started = Date.now();
    const [script = '', ...rest] = step.command;
    const { code, signal } = await run(node, [resolve(root, script), ...rest, ...extra], { env, cwd: root });
    if (signal !== null) return code;
    const verdict = code === 0 ? 'ok' : `failed (exit code ${code})`;
    process.stderr.write(
      `${name}: ${step.name} ${verdict} in ${((Date.now() - started) / 1000).toFixed(1)} s\n`,
    );
    result ||= code;
  }
  return result;
}
