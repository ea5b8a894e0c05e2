// @ts-check
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { BootError } from './errors.mjs';

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs a program in our place: same terminal, same signals, same exit code.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
export async function runAsOurselves(file, args, env) {
  const { code, signal } = await run(file, args, { env });
  if (signal !== null) process.kill(process.pid, signal);
  else process.exitCode = code;
}

/**
 * Runs a program on our terminal to its end.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ env: NodeJS.ProcessEnv, cwd?: string }} options
 * @returns {Promise<{ code: number, signal: NodeJS.Signals | null }>}
 */
export function run(file, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: 'inherit' });
    const stopForwarding = forwardSignals(child);
    child.on('error', (error) => reject(new BootError(`could not run ${file}: ${error.message}`)));
    child.on('exit', (code, signal) => {
      stopForwarding();
      resolve({ code: code ?? exitCodeOf(signal), signal });
    });
  });
}

/**
 * Runs a program silently. An interruption of ours ends it too, and then us.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ env: NodeJS.ProcessEnv, cwd?: string, shell?: boolean }} options
 * @returns {Promise<{ code: number, output: string }>} output: stdout and stderr as they came
 */
export function capture(file, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    /** @type {NodeJS.Signals | undefined} */
    let interruption;
    const stopForwarding = forwardSignals(child, (signal) => {
      interruption = signal;
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', (error) => reject(new BootError(`could not run ${file}: ${error.message}`)));
    child.on('close', (code, signal) => {
      stopForwarding();
      if (interruption !== undefined) {
        const next = ['run the same command again: it goes on where this one stopped'];
        reject(
          new BootError('interrupted while preparing the checkout', {
            exitCode: exitCodeOf(interruption),
            next,
          }),
        );
      } else resolve({ code: code ?? exitCodeOf(signal), output });
    });
  });
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {(signal: NodeJS.Signals) => void} [onSignal]
 */
function forwardSignals(child, onSignal) {
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    onSignal?.(signal);
    // A terminal sends Ctrl-C to the whole group itself; a second one would mean "do not wait" to the child.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, forward);
  return () => {
    for (const signal of SIGNALS) process.removeListener(signal, forward);
  };
}

/** @param {NodeJS.Signals | null} signal @returns {number} as a shell reports it */
const exitCodeOf = (signal) => 128 + (signal === null ? 0 : (constants.signals[signal] ?? 0));
