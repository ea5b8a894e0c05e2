/** The file → checked spec: the only place of the spec's pipeline that touches the disk. */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { AnyKind } from '../model/resolve-bindings.ts';
import { UserError } from '../platform/errors.ts';
import { FileProblem, fileProblem, kindOfStrange, PLAIN } from '../platform/plain-file.ts';
import { type CheckResult, checkSpec } from '../spec/check.ts';
import { suggest } from '../spec/nearest.ts';
import { maxBytes } from '../spec/read.ts';

export interface ReadSpecOptions {
  /** The overlay to merge: a key of `environments`. */
  readonly env?: string | undefined;
  /** Environment variables; when given, `${NAME}` without a value and a default is an error. */
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined;
}

export async function readSpec(
  file: string,
  kinds: readonly AnyKind[],
  { env, variables }: ReadSpecOptions = {},
): Promise<CheckResult> {
  const bytes = await readBounded(file);
  const result = checkSpec(basename(file), bytes, { kinds, environment: env, variables });
  // A broken file may have lost its overlays; then its own findings come first.
  if (env !== undefined && result.spec && !result.environments.includes(env)) {
    throw new UserError(`There is no environment "${env}" in ${basename(file)}`, {
      next: [
        result.environments.length === 0
          ? 'Add it under environments, or leave out --env.'
          : suggest(env, result.environments),
      ],
    });
  }
  return result;
}

/** Never more than a spec may have and one byte, whatever its size. */
async function readBounded(file: string): Promise<Uint8Array> {
  try {
    await using handle = await open(file, PLAIN);
    const strange = kindOfStrange(await handle.stat());
    if (strange !== undefined) throw new FileProblem(strange, false);
    const buffer = new Uint8Array(maxBytes + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) return buffer.subarray(0, length);
    }
  } catch (cause) {
    const { message } = cause instanceof FileProblem ? cause : fileProblem(cause);
    throw new UserError(`it cannot be read: ${message}`, {
      where: file,
      next: ['put the text of services.yaml there, or name the folder of a project with --project FOLDER'],
      cause,
    });
  }
}
