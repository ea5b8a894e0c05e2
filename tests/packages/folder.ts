/** An empty folder outside of this repository, as a stranger would start in, and the commands that are run there. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, delimiter, join } from 'node:path';
import { execa } from 'execa';
import { withoutNpmVariables } from '../../scripts/boot/npm-env.mjs';

export interface Answer {
  readonly code: number;
  /** stdout and stderr as they came. */
  readonly output: string;
}

export interface Folder {
  readonly path: string;
  /** A command line whose words hold no spaces, or a list of words. Any exit code is an answer. */
  run(
    command: string | readonly string[],
    options?: { env?: Record<string, string>; in?: string },
  ): Promise<Answer>;
  /** The same, and the command has to succeed. @returns what it printed */
  ok(
    command: string | readonly string[],
    options?: { env?: Record<string, string>; in?: string },
  ): Promise<string>;
  /** A program that goes on until it is stopped. */
  start(
    command: readonly string[],
    options?: { env?: Record<string, string>; in?: string },
  ): {
    /** So far. */
    output(): string;
    stop(): Promise<void>;
  };
  remove(): void;
}

/** @param node The Node that npm finds on its PATH: ours unless told otherwise. */
export function emptyFolder(node = process.execPath): Folder {
  // Spaces and letters of other languages are usual in the folders of strangers.
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'hometrip stränger ')));
  const options = (more: Record<string, string> = {}, folder = '.') =>
    ({
      cwd: join(path, folder),
      env: {
        ...withoutNpmVariables(process.env),
        PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}`,
        // Of the test runner around us.
        VITEST: '',
        NODE_OPTIONS: '',
        NODE_ENV: '',
        ...more,
      },
      extendEnv: false,
      all: true,
      reject: false,
      stdin: 'ignore',
    }) as const;
  const run: Folder['run'] = async (command, { env, in: folder } = {}) => {
    const [file = '', ...args] = typeof command === 'string' ? command.split(' ') : command;
    const { exitCode, all, message } = await execa(file, args, options(env, folder));
    // Without an exit code there was no program.
    return exitCode === undefined ? { code: 1, output: `${message}` } : { code: exitCode, output: all };
  };
  return {
    path,
    run,
    async ok(command, more) {
      const { code, output } = await run(command, more);
      if (code !== 0) throw new Error(`${command} ended with ${code}:\n${output}`);
      return output;
    },
    start([file = '', ...args], { env, in: folder } = {}) {
      const program = execa(file, args, options(env, folder));
      let output = '';
      program.all.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
      return {
        output: () => output,
        async stop() {
          program.kill('SIGTERM');
          await program;
        },
      };
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
