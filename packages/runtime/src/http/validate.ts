/** From zod's findings to the `errors` of a problem. */
import type { z } from 'zod';
import { type FieldError, validationFailed } from './problem.ts';

/** More than these help nobody, and a hostile body could produce a million. */
const MAX_ERRORS = 50;

export type RequestPart = 'params' | 'query' | 'headers' | 'body';

export function fieldErrors(part: string, issues: readonly z.core.$ZodIssue[]): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const issue of issues) {
    if (errors.length >= MAX_ERRORS) break;
    const path = [part, ...issue.path.map(String)].join('.');
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys.slice(0, MAX_ERRORS - errors.length)) {
        errors.push({ path: `${path}.${key}`, message: 'There is no such property.', code: issue.code });
      }
    } else {
      errors.push({ path, message: issue.message, code: issue.code });
    }
  }
  return errors;
}

/** @throws ProblemError 422 */
export function parsePart(part: RequestPart, schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw validationFailed(fieldErrors(part, result.error.issues));
}
