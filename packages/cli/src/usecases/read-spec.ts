/** The file → checked spec. */
import { hash } from 'node:crypto';
import { basename } from 'node:path';
import type { AnyKind } from '../model/resolve-bindings.ts';
import { UserError } from '../platform/errors.ts';
import { type CheckResult, checkSpec } from '../spec/check.ts';
import { suggest } from '../spec/nearest.ts';
import { readSpecFile } from './spec-file.ts';

export interface ReadSpecOptions {
  /** The overlay to merge: a key of `environments`. */
  readonly env?: string | undefined;
  /** Environment variables; when given, `${NAME}` without a value and a default is an error. */
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined;
}

/** @returns also `digest`: sha256 of the bytes that were read */
export async function readSpec(
  file: string,
  kinds: readonly AnyKind[],
  { env, variables }: ReadSpecOptions = {},
): Promise<CheckResult & { readonly digest: string }> {
  const bytes = await readSpecFile(file);
  return { ...checkBytes(file, bytes, kinds, { env, variables }), digest: hash('sha256', bytes) };
}

/** @throws UserError for an overlay that the spec does not have */
export function checkBytes(
  file: string,
  bytes: Uint8Array,
  kinds: readonly AnyKind[],
  { env, variables }: ReadSpecOptions = {},
): CheckResult {
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
