/** From zod's findings to the `errors` of a problem. */
import type { z } from 'zod';
import { codeOf, meantBranch, messageOf, unknownKey } from './messages.ts';
import { type FieldError, type ProblemError, validationFailed } from './problem.ts';

/** More than these help nobody, and a hostile body could produce a million. */
const MAX_ERRORS = 50;

export type RequestPart = 'params' | 'query' | 'headers' | 'body';
type Issue = z.core.$ZodIssue;

/** The value as the schema hands it on, or everything that is wrong with it. */
export function parseFor(
  part: string,
  schema: z.ZodType,
  value: unknown,
): { readonly data: unknown; readonly errors?: undefined } | { readonly errors: readonly FieldError[] } {
  // Nearly all values are valid; only for the others it matters what is said.
  const first = schema.safeParse(value);
  if (first.success) return { data: first.data };
  /** Names that the objects with unknown properties do know; only the raw finding says which schema it comes from. */
  const known = new Map<string, readonly string[]>();
  const result = schema.safeParse(value, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') known.set(placeOf(issue.path ?? []), propertiesOf(issue.inst));
      return messageOf(issue);
    },
  });
  if (result.success) return { data: result.data };
  const errors: FieldError[] = [];
  collect(errors, part, [], result.error.issues, known);
  return { errors };
}

/** @throws ProblemError 422 */
export function parsePart(part: RequestPart, schema: z.ZodType, value: unknown): unknown {
  const result = parseFor(part, schema, value);
  if (result.errors === undefined) return result.data;
  throw invalid(result.errors);
}

/** One reason is told in the detail already. */
function invalid(errors: readonly FieldError[]): ProblemError {
  const [first, ...others] = errors;
  if (first === undefined || others.length > 0) return validationFailed(errors);
  return validationFailed(errors, `${first.path} ${first.message}${/[.?!]$/.test(first.message) ? '' : '.'}`);
}

function collect(
  errors: FieldError[],
  part: string,
  outer: readonly PropertyKey[],
  issues: readonly Issue[],
  known: ReadonlyMap<string, readonly string[]>,
): void {
  for (const issue of issues) {
    if (errors.length >= MAX_ERRORS) return;
    const place = [...outer, ...issue.path];
    const path = [part, ...place.map(String)].join('.');
    const branch = meantBranch(issue);
    if (branch !== undefined) {
      collect(errors, part, place, branch, known);
    } else if (issue.code === 'unrecognized_keys') {
      const names = known.get(placeOf(issue.path)) ?? [];
      for (const key of issue.keys.slice(0, MAX_ERRORS - errors.length))
        errors.push({ path: `${path}.${key}`, message: unknownKey(key, names), code: issue.code });
    } else {
      errors.push({ path, message: issue.message, code: codeOf(issue.message, issue.code) });
    }
  }
}

const placeOf = (path: readonly PropertyKey[]): string => path.map(String).join('\n');

function propertiesOf(schema: unknown): readonly string[] {
  const { shape } = ((schema as z.ZodType | undefined)?._zod.def ?? {}) as { shape?: object };
  return Object.keys(shape ?? {});
}
