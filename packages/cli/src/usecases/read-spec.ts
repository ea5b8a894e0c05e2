/** The file → checked spec. */
import { hash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import type { AnyKind } from '../model/resolve-bindings.ts';
import { UserError } from '../platform/errors.ts';
import { Templates } from '../platform/templates.ts';
import { loadBlueprints } from '../spec/blueprints/load.ts';
import { type CheckResult, checkSpec } from '../spec/check.ts';
import { countDiagnostics } from '../spec/diagnostics.ts';
import { suggest } from '../spec/nearest.ts';
import type { Blueprints } from '../model/blueprints.ts';
import type { Source } from '../spec/source.ts';
import { readSpecFile } from './spec-file.ts';

export interface ReadSpecOptions {
  /** The overlay to merge: a key of `environments`. */
  readonly env?: string | undefined;
  /** Environment variables; when given, `${NAME}` without a value and a default is an error. */
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined;
}

export interface ReadSpec extends CheckResult {
  /** For formatDiagnostics: services.yaml, and the files of the project's templates that have findings. */
  readonly sources: readonly Source[];
  /** What the spec was checked with, and its services are rendered from. */
  readonly templates: Templates;
  readonly blueprints: Blueprints;
}

/** @returns also `digest`: sha256 of the bytes that were read */
export async function readSpec(
  file: string,
  kinds: readonly AnyKind[],
  { env, variables }: ReadSpecOptions = {},
): Promise<ReadSpec & { readonly digest: string }> {
  const bytes = await readSpecFile(file);
  return { ...checkBytes(file, bytes, kinds, { env, variables }), digest: hash('sha256', bytes) };
}

/** @throws UserError for an overlay that the spec does not have */
export function checkBytes(
  file: string,
  bytes: Uint8Array,
  kinds: readonly AnyKind[],
  { env, variables }: ReadSpecOptions = {},
): ReadSpec {
  const templates = new Templates(dirname(file));
  const { diagnostics, sources, ...blueprints } = loadBlueprints(templates);
  const result = checkSpec(basename(file), bytes, { kinds, blueprints, environment: env, variables });
  const common = { templates, blueprints, sources: [result.source, ...sources] };
  // What services.yaml says of a blueprint that cannot be read would be judged wrongly.
  if (countDiagnostics(diagnostics).error > 0) return { ...result, ...common, spec: undefined, diagnostics };
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
  return { ...result, ...common, diagnostics: [...diagnostics, ...result.diagnostics] };
}
