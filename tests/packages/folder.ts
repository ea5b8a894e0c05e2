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
  remove(): void;
}

/** @param node The Node that npm finds on its PATH: ours unless told otherwise. */
export function emptyFolder(node = process.execPath): Folder {
  // Spaces and letters of other languages are usual in the folders of strangers.
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'hometrip stränger ')));
  const run: Folder['run'] = async (command, options = {}) => {
    const [file = '', ...args] = typeof command === 'string' ? command.split(' ') : command;
    const { exitCode, all, failed, message } = await execa(file, args, {
      cwd: join(path, options.in ?? '.'),
      env: {
        ...withoutNpmVariables(process.env),
        PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}`,
        // Of the test runner around us.
        VITEST: '',
        NODE_OPTIONS: '',
        NODE_ENV: '',
        ...options.env,
      },
      extendEnv: false,
      all: true,
      reject: false,
      stdin: 'ignore',
    });
    return {
      code: exitCode ?? (failed ? 1 : 0),
      output: exitCode === undefined ? `${message}\n${all}` : all,
    };
  };
  return {
    path,
    run,
    async ok(command, options) {
      const { code, output } = await run(command, options);
      if (code !== 0) throw new Error(`${command} ended with ${code}:\n${output}`);
      return output;
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
