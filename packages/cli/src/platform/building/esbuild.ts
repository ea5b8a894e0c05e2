/** How everything of a stack is bundled, and what a failure means for the user. */
import { resolve } from 'node:path';
import type { BuildFailure, BuildOptions, BuildResult, Message } from 'esbuild';
import { UserError } from '../errors.ts';

export const COMMON: BuildOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  splitting: true,
  metafile: true,
  logLevel: 'silent',
  // Whatever tsconfig.json lies above the code: it is made for other tools, and may not even be readable.
  tsconfigRaw: { compilerOptions: {} },
  legalComments: 'none',
  minify: false,
  // Native or optional parts that libraries load inside try/catch.
  external: ['*.node', 'pg-native', 'bufferutil', 'utf-8-validate'],
  // CommonJS dependencies inside ESM bundles still call require for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

/** The compiler's findings, which name files relative to the project; all at once where several bundles were made. */
export class CompileFailure extends Error {
  override name = 'CompileFailure';
  readonly errors: readonly Message[];

  constructor(errors: readonly Message[], cause: unknown) {
    super('the code does not compile', { cause });
    this.errors = errors;
  }
}

/** @throws CompileFailure */
export async function bundle(options: BuildOptions): Promise<BuildResult<BuildOptions & { metafile: true }>> {
  const esbuild = await import('esbuild');
  try {
    return (await esbuild.build({ ...COMMON, ...options })) as BuildResult<BuildOptions & { metafile: true }>;
  } catch (error) {
    const { errors } = error as Partial<BuildFailure>;
    throw errors === undefined ? error : new CompileFailure(errors, error);
  }
}

/** All of them in one error, each finding once: services that share a file share its mistakes. */
export async function explainFailures(
  project: string,
  failures: readonly CompileFailure[],
): Promise<UserError> {
  const esbuild = await import('esbuild');
  const errors = failures.flatMap((failure) => failure.errors);
  const findings = await esbuild.formatMessages(
    errors.map((found) => ({ ...found, notes: [] })),
    { kind: 'error', color: false, terminalWidth: 110 },
  );
  const distinct = [...new Set(findings.map((finding) => finding.trimEnd()))];
  const place = errors[0]?.location;
  return new UserError(`the services do not compile\n${distinct.join('\n')}`, {
    ...(place == null ? {} : { where: `${resolve(project, place.file)}:${place.line}:${place.column + 1}` }),
    next: ['correct the code above, then save it under hometrip dev, or run the command again'],
    cause: failures[0],
  });
}
