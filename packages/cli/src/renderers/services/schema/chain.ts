/**
 * A zod schema as data: the calls that build it. Written once from the model, read twice: as the text in a generated
 * schema.ts, and as the schema itself from which the OpenAPI document is computed.
 */
import { field } from '@hometrip/runtime/fields';
import { z } from 'zod';

export interface Call {
  readonly method: string;
  readonly args: readonly Argument[];
}
export type Chain = readonly Call[];
export type Argument =
  | { readonly value: unknown }
  | { readonly pattern: RegExp }
  | { readonly schema: Chain }
  | { readonly schemas: readonly Chain[] }
  | { readonly options: Readonly<Record<string, Argument>> };

export const call = (method: string, ...args: Argument[]): Call => ({ method, args });
export const value = (json: unknown): Argument => ({ value: json });

/** `z.int().min(1).max(120)`; what begins with `field.` is the runtime's own: `field.text(120).optional()`. */
export function chainText(chain: Chain, root = 'z'): string {
  return chain.reduce(
    (text, { method, args }) =>
      `${isOwn(method) ? '' : `${text}.`}${method}(${args.map(argumentText).join(', ')})`,
    root,
  );
}

const isOwn = (method: string): boolean => method.startsWith('field.');

/** Whether its text begins with `z`, or with `field`. */
export const rootsOf = (chain: Chain): readonly ('z' | 'field')[] => [
  isOwn(chain[0]?.method ?? '') ? 'field' : 'z',
  ...chain.flatMap(({ args }) =>
    args.flatMap((argument) =>
      'schema' in argument
        ? rootsOf(argument.schema)
        : 'schemas' in argument
          ? argument.schemas.flatMap(rootsOf)
          : [],
    ),
  ),
];

function argumentText(argument: Argument): string {
  if ('schema' in argument) return chainText(argument.schema);
  if ('schemas' in argument) return `[${argument.schemas.map((chain) => chainText(chain)).join(', ')}]`;
  if ('pattern' in argument) return String(argument.pattern);
  if ('options' in argument) {
    return `{ ${Object.entries(argument.options)
      .map(([key, option]) => `${key}: ${argumentText(option)}`)
      .join(', ')} }`;
  }
  return literal(argument.value);
}

/** A JSON value as our formatter writes it: single quotes, spaces inside braces, bare keys where they may be. */
export function literal(json: unknown): string {
  if (typeof json === 'string') return quote(json);
  if (Array.isArray(json)) return `[${json.map(literal).join(', ')}]`;
  if (json !== null && typeof json === 'object') {
    const entries = Object.entries(json).map(([key, item]) => `${propertyName(key)}: ${literal(item)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  return typeof json === 'number' ? digits(json) : JSON.stringify(json);
}

/** Single quotes, unless that needs more escapes than double ones. */
export function quote(text: string): string {
  const json = JSON.stringify(text);
  if (text.includes("'"))
    return text.includes('"') ? `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'` : json;
  return `'${json.slice(1, -1).replaceAll('\\"', '"')}'`;
}

/** The key of an object literal, quoted only where it has to be. */
export const propertyName = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name));

const digits = (number: number): string =>
  Number.isSafeInteger(number) && Math.abs(number) >= 10_000
    ? String(number).replace(/\B(?=(\d{3})+$)/g, '_')
    : String(number);

/** The schema itself. */
export function chainSchema(chain: Chain): z.ZodType {
  let target: unknown = z;
  for (const { method, args } of chain)
    target = invoke(isOwn(method) ? { field } : target, method, args.map(argumentValue));
  return target as z.ZodType;
}

function argumentValue(argument: Argument): unknown {
  if ('schema' in argument) return chainSchema(argument.schema);
  if ('schemas' in argument) return argument.schemas.map(chainSchema);
  if ('pattern' in argument) return argument.pattern;
  if ('options' in argument)
    return Object.fromEntries(
      Object.entries(argument.options).map(([key, option]) => [key, argumentValue(option)]),
    );
  return argument.value;
}

/** `iso.date` is a path into zod. */
function invoke(target: unknown, path: string, args: readonly unknown[]): unknown {
  const steps = path.split('.');
  const name = steps.pop() as string;
  const owner = steps.reduce((object, step) => (object as Record<string, unknown>)[step], target);
  return (owner as Record<string, (...values: readonly unknown[]) => unknown>)[name]?.call(owner, ...args);
}
