import { sqlState } from '../database/failures.ts';
import { conflict, ProblemError, unprocessable } from '../http/problem.ts';
import { fieldOf } from '../names.ts';
import { duplicate } from './query.ts';

interface PostgresError {
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly column?: string;
  readonly constraint?: string;
}

/** What a client may know about a constraint that its write broke; other errors stay as they are. */
export function violation(error: unknown, label: string): unknown {
  const state = sqlState(error);
  if (state === undefined || error instanceof ProblemError) return error;
  const problem = explain(error as PostgresError, state, label);
  if (problem === undefined) return error;
  problem.cause ??= error;
  return problem;
}

function explain(error: PostgresError, state: string, label: string): ProblemError | undefined {
  const fields = keyFields(error.detail);
  switch (state) {
    case '23505':
      return duplicate(label, fields);
    case '23503': {
      if (error.detail?.includes('is still referenced') === true) {
        return conflict(`This ${label} is still in use, so it cannot be deleted.`, 'in-use');
      }
      return unknownReference(fields);
    }
    case '23502': {
      const field = fieldOf(error.column ?? '');
      return unprocessable(
        `${field} is required.`,
        [{ path: `body.${field}`, message: 'is required', code: 'required' }],
        'required',
      );
    }
    case '23514':
      return unprocessable(
        `The ${label} breaks the rule ${error.constraint ?? ''}.`,
        undefined,
        'rule-broken',
      );
    case '54000':
      return unprocessable(`A value of the ${label} is too long for an index.`, undefined, 'value-too-long');
    case '23P01':
      return conflict(`There is a ${label} already that excludes this one.`, 'excluded');
    default:
      // Class 22: values that do not fit their column.
      return state.startsWith('22')
        ? unprocessable(`A value does not fit: ${error.message}.`, undefined, 'invalid-value')
        : undefined;
  }
}

/** @param fields Of the body, which refer to nothing; empty when it is not known which. */
export function unknownReference(fields: readonly string[]): ProblemError {
  const errors = fields.map((field) => ({
    path: `body.${field}`,
    message: 'refers to nothing that exists',
    code: 'not_found',
  }));
  return unprocessable(
    `${fields.join(' and ') || 'A reference'} refers to nothing that exists.`,
    errors,
    'unknown-reference',
  );
}

/** `Key (booking_id, "owner")=(…) already exists.`; a long text is in its index as `md5(title)` or `md5(title::text)`. */
function keyFields(detail: string | undefined): readonly string[] {
  const columns = /^Key \((.*?)\)=\(/.exec(detail ?? '')?.[1];
  return columns === undefined
    ? []
    : columns.split(', ').map((column) => fieldOf(column.replaceAll(/^md5\(|::text|[()"]/g, '')));
}
