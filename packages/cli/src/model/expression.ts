/**
 * A value that only a target can know: where a workload listens depends on who runs it. Components and the resolver
 * write expressions; compose, Kubernetes and the embedded driver each resolve them their own way.
 * Secrets are never part of an expression: they reach a workload as files (see `Workload.secrets`).
 */
export type Expression = string | { readonly parts: readonly (string | Reference)[] };

export type Reference =
  /** `host:port` of a workload's named port, as seen from another workload of the stack. */
  | { readonly kind: 'endpoint'; readonly workload: string; readonly port: string }
  /** The host name alone. */
  | { readonly kind: 'host'; readonly workload: string }
  /** Path of a generated file as the workload sees it; `source` is its path below the output folder. The workload lists it in `files`. */
  | { readonly kind: 'file'; readonly source: string }
  /** The address of a managed server that the user named: `${DATABASE_URL}` of the environment of `up`, or its default after `:-`. */
  | { readonly kind: 'environment'; readonly variable: string; readonly fallback?: string };

export const endpoint = (workload: string, port: string): Reference => ({ kind: 'endpoint', workload, port });
export const host = (workload: string): Reference => ({ kind: 'host', workload });
export const file = (source: string): Reference => ({ kind: 'file', source });
export const environment = (variable: string): Reference => ({ kind: 'environment', variable });

/** Tagged template: expr`postgres://booking@${endpoint('postgres', 'sql')}/booking`. */
export function expr(strings: TemplateStringsArray, ...values: (string | Reference)[]): Expression {
  const parts: (string | Reference)[] = [];
  strings.forEach((text, index) => {
    if (text !== '') parts.push(text);
    const value = values[index];
    if (value !== undefined && value !== '') parts.push(value);
  });
  return parts.every((part) => typeof part === 'string') ? parts.join('') : { parts };
}

/** Replaces every reference by what `lookup` says. */
export function resolveExpression(expression: Expression, lookup: (reference: Reference) => string): string {
  if (typeof expression === 'string') return expression;
  return expression.parts.map((part) => (typeof part === 'string' ? part : lookup(part))).join('');
}
