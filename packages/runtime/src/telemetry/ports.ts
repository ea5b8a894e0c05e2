/** Spans of the ports that keep data: what was asked of which server, never the values. */
import { type Context, currentContext } from '../context.ts';
import { type Attributes, Kind, runSpan, type Span } from './span.ts';

/** Runs `work` as a span `get reviews` when the request at hand is recorded, and plainly otherwise. */
export type PortSpans = <T>(operation: string, target: string, work: () => Promise<T>) => Promise<T>;

/** @param system As the semantic conventions name it: `redis`. */
export function portSpans(system: string): PortSpans {
  // There is nothing to see in a map of this process.
  if (system === 'memory') return (_operation, _target, work) => work();
  return (operation, target, work) => {
    const context = currentContext();
    const parent = context?.span;
    if (parent === undefined) return work();
    const span = parent.child(`${operation} ${target}`, Kind.client, {
      'db.system.name': system,
      'db.operation.name': operation,
      'db.collection.name': target,
    });
    return runSpan(span, context as Context, work);
  };
}

/** One SQL statement; undefined when the request is not recorded. @param text With placeholders; of it only the gist is kept. */
export function startQuery(text: string): Span | undefined {
  const parent = currentContext()?.span;
  if (parent === undefined) return undefined;
  const { operation, target } = gist(text);
  const attributes: Record<string, string> = {
    'db.system.name': 'postgresql',
    'db.operation.name': operation,
  };
  if (target !== undefined) attributes['db.collection.name'] = target;
  return parent.child(
    target === undefined ? operation : `${operation} ${target}`,
    Kind.client,
    attributes as Attributes,
  );
}

const STATEMENT = /^\s*(?:--[^\n]*\n\s*)*([a-z]+)/i;
const TARGET = /\b(?:from|into|update|table)\s+(?:only\s+)?"?([a-z_][\w$]*)"?(?:\."?([a-z_][\w$]*)"?)?/i;
/** What a statement that begins with `with` is about, if it writes. */
const WRITES =
  /\b(insert|delete|update)\s+(?:into\s+|from\s+)?(?:only\s+)?"?([a-z_][\w$]*)"?(?:\."?([a-z_][\w$]*)"?)?/i;
/** Statements about rows of a table. Of others (set, commit …) the word says enough. */
const ON_TABLES: ReadonlySet<string> = new Set([
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'MERGE',
  'WITH',
  'TRUNCATE',
]);

/** `SELECT` and `bookings`. */
export function gist(text: string): { readonly operation: string; readonly target: string | undefined } {
  const operation = (STATEMENT.exec(text)?.[1] ?? 'QUERY').toUpperCase();
  if (!ON_TABLES.has(operation)) return { operation, target: undefined };
  const written = operation === 'WITH' ? WRITES.exec(text) : null;
  if (written !== null)
    return { operation: (written[1] as string).toUpperCase(), target: written[3] ?? written[2] };
  const [, first, second] = TARGET.exec(text) ?? [];
  return { operation, target: second ?? first };
}
