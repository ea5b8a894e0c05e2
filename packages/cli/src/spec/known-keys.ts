import type { z } from 'zod';
import type { Path } from './located.ts';

/** Finds the keys that a schema knows at a path, for the nearest-name hint. */
export function keysAt(schema: z.ZodType): (path: Path) => readonly string[] {
  return (path) => [
    ...new Set(
      path
        .reduce<Def[]>((schemas, step) => schemas.flatMap((one) => inside(one, step)), unwrap(schema))
        .flatMap(keysOf),
    ),
  ];
}

/** The parts of zod's definitions that are read here. */
interface Def {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly catchall?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly options?: readonly z.ZodType[];
}

/** What is below defaults, optionals, transforms and unions. */
function unwrap(schema: z.ZodType | undefined): Def[] {
  if (schema === undefined) return [];
  const def = schema._zod.def as unknown as Def;
  if (def.options) return def.options.flatMap(unwrap);
  if (def.innerType) return unwrap(def.innerType);
  return def.in ? unwrap(def.in) : [def];
}

function inside(def: Def, step: string | number): Def[] {
  if (def.shape) return unwrap(Object.hasOwn(def.shape, step) ? def.shape[step] : def.catchall);
  return unwrap(def.valueType ?? def.element);
}

const keysOf = (def: Def): string[] => Object.keys(def.shape ?? {});
