/** All stages over one text: syntax, schema, rules. A stage with errors ends the run, after reporting all of them. */
import type { Blueprints } from '../model/blueprints.ts';
import type { AnyKind } from '../model/resolve-bindings.ts';
import { checkSchema } from './check-schema.ts';
import { type Diagnostic, Findings, sortDiagnostics } from './diagnostics.ts';
import { parseDocument } from './document.ts';
import type { LocatedMap } from './located.ts';
import { applyOverlay, overlaysOf } from './overlay.ts';
import { readText } from './read.ts';
import { checkRules } from './rules/index.ts';
import type { Spec } from './schema.ts';
import type { Source } from './source.ts';

export interface CheckOptions {
  readonly kinds: readonly AnyKind[];
  readonly blueprints: Blueprints;
  /** The overlay to merge. Without one, each overlay is checked too. */
  readonly environment?: string | undefined;
  /** Environment variables, when `${NAME}` must have a value. */
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined;
}

export interface CheckResult {
  /** undefined when there are errors. */
  readonly spec: Spec | undefined;
  /** By position. */
  readonly diagnostics: readonly Diagnostic[];
  readonly source: Source;
  /** Names of the overlays that the file has. */
  readonly environments: readonly string[];
}

export function checkSpec(file: string, bytes: Uint8Array, options: CheckOptions): CheckResult {
  const { source, diagnostics } = readText(file, bytes);
  if (diagnostics.length > 0) return { spec: undefined, diagnostics, source, environments: [] };
  const findings = new Findings(source);
  const root = parseDocument(source, findings);
  if (!root) return { spec: undefined, diagnostics: sortDiagnostics(findings.all), source, environments: [] };
  const overlays = overlaysOf(root);
  const chosen = options.environment === undefined ? undefined : overlays.get(options.environment);
  const main = checkTree(chosen ? applyOverlay(root, chosen) : root, source, options);
  const others = options.environment === undefined ? [...overlays.values()] : [];
  const ofOthers = others.flatMap((overlay) =>
    checkTree(applyOverlay(root, overlay), source, { ...options, variables: undefined }).diagnostics.filter(
      ({ severity }) => severity === 'error',
    ),
  );
  const all = sortDiagnostics([...findings.all, ...main.diagnostics, ...ofOthers]);
  return {
    spec: all.some(({ severity }) => severity === 'error') ? undefined : main.spec,
    diagnostics: all,
    source,
    environments: [...overlays.keys()],
  };
}

function checkTree(
  root: LocatedMap,
  source: Source,
  { kinds, blueprints, variables }: CheckOptions,
): { spec: Spec | undefined; diagnostics: readonly Diagnostic[] } {
  const findings = new Findings(source);
  const spec = checkSchema(root, kinds, findings);
  if (spec) checkRules({ spec, root, kinds, blueprints, variables }, findings);
  return { spec, diagnostics: findings.all };
}
