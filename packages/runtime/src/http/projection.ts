/**
 * What leaves the service is what its response schema declares, and nothing else: a column added to a table does not
 * leak because somebody returned the row. Checking every response with zod would cost more than the handler, so a schema
 * is compiled once into a function that copies the declared properties (the check itself runs in tests, see validate.ts);
 * serialisation is then the engine's own JSON.stringify, which nothing written in JavaScript beats on plain objects.
 */
import type { z } from 'zod';

export type Project = (value: unknown) => unknown;

interface Definition {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Undefined when values pass as they are. */
export function projectionOf(schema: z.ZodType): Project | undefined {
  return compile(schema, new Map());
}

function compile(
  schema: z.ZodType,
  seen: Map<z.ZodType, { project: Project | undefined }>,
): Project | undefined {
  const known = seen.get(schema);
  // A schema inside of itself: resolved when called, by then it is compiled.
  if (known !== undefined) return (value) => (known.project === undefined ? value : known.project(value));
  const entry: { project: Project | undefined } = { project: undefined };
  seen.set(schema, entry);
  entry.project = compileDefinition(schema, schema._zod.def as unknown as Definition, (inner) =>
    compile(inner, seen),
  );
  seen.delete(schema);
  return entry.project;
}

function compileDefinition(
  schema: z.ZodType,
  definition: Definition,
  inner: (schema: z.ZodType) => Project | undefined,
): Project | undefined {
  switch (definition.type) {
    case 'object':
      return definition['catchall'] === undefined || isNever(definition['catchall'] as z.ZodType)
        ? objectProjection(definition['shape'] as Record<string, z.ZodType>, inner)
        : undefined;
    case 'array': {
      const project = inner(definition['element'] as z.ZodType);
      return project && ((value) => (Array.isArray(value) ? value.map(project) : value));
    }
    case 'record': {
      const project = inner(definition['valueType'] as z.ZodType);
      return project && ((value) => (isObject(value) ? mapValues(value, project) : value));
    }
    case 'nullable': {
      const project = inner(definition['innerType'] as z.ZodType);
      return project && ((value) => (value === null ? null : project(value)));
    }
    case 'optional':
    case 'default':
    case 'prefault':
    case 'catch':
    case 'nonoptional':
    case 'readonly':
      return inner(definition['innerType'] as z.ZodType);
    case 'lazy':
      return inner((definition['getter'] as () => z.ZodType)());
    case 'pipe':
      return inner(definition['out'] as z.ZodType);
    case 'union':
    case 'intersection':
    case 'tuple':
      // Which part applies depends on the value: let zod decide, and keep its stripped copy.
      return (value) => {
        const result = schema.safeParse(value);
        if (result.success) return result.data;
        // Failing closed: what fits no declared shape cannot be told from a leak.
        throw new TypeError(`A response does not fit its ${definition.type} schema: ${result.error.message}`);
      };
    default:
      return undefined;
  }
}

function objectProjection(
  shape: Record<string, z.ZodType>,
  inner: (schema: z.ZodType) => Project | undefined,
): Project {
  const keys = Object.keys(shape);
  const projects = keys.map((key) => inner(shape[key] as z.ZodType));
  const defaults = keys.map((key) => defaultOf(shape[key] as z.ZodType));
  return (value) => {
    if (!isObject(value)) return value;
    const result: Record<string, unknown> = {};
    for (let index = 0; index < keys.length; index += 1) {
      const key = keys[index] as string;
      const property = value[key];
      if (property === undefined) {
        // Declared, and so promised: what was stored before it was declared does not have it.
        const absent = defaults[index]?.();
        if (absent !== undefined) result[key] = absent;
        continue;
      }
      const project = projects[index];
      result[key] = project === undefined ? property : project(property);
    }
    return result;
  };
}

/** What a property is when it is absent; undefined when its schema does not say. */
function defaultOf(schema: z.ZodType): (() => unknown) | undefined {
  const definition = schema._zod.def as unknown as Definition;
  switch (definition.type) {
    case 'default':
      return () => definition['defaultValue'];
    case 'nullable':
    case 'nonoptional':
    case 'readonly':
      return defaultOf(definition['innerType'] as z.ZodType);
    default:
      return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isNever = (schema: z.ZodType): boolean => (schema._zod.def as unknown as Definition).type === 'never';

function mapValues(value: Record<string, unknown>, project: Project): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, project(item)]));
}
