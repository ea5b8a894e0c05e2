/** Schemas of things that are stored. */
import { z } from 'zod';

const managed = {
  id: z.uuid(),
  revision: z.int().min(1),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
};

/** The response schema of an entity: its own fields between its id and what the server keeps about it. */
export function entity<S extends z.ZodRawShape>(name: string, shape: S) {
  const { id, ...rest } = managed;
  return z.object({ id, ...shape, ...rest }).meta({ id: name });
}

/** The body of a PATCH: any of the fields, at least one, nothing else. Defaults do not apply. */
export function patchOf<S extends z.ZodRawShape>(create: z.ZodObject<S>) {
  const shape = Object.fromEntries(
    Object.entries(create.shape as unknown as Record<string, z.ZodType>).map(([key, schema]) => [
      key,
      withoutDefault(schema).optional(),
    ]),
  );
  return z
    .strictObject(shape)
    .refine((changes) => Object.keys(changes).length > 0, 'must have at least one property to change')
    .meta({ minProperties: 1 }) as unknown as z.ZodType<Partial<z.output<z.ZodObject<S>>>>;
}

/** A default would silently overwrite what the client did not mention. */
function withoutDefault(schema: z.ZodType): z.ZodType {
  const definition = schema._zod.def as unknown as { type: string; innerType?: z.ZodType };
  return definition.type === 'default' || definition.type === 'prefault'
    ? (definition.innerType as z.ZodType)
    : schema;
}

/** What a filter compares with: an item where the field is a list. */
type FilterOf<V> = NonNullable<V> extends readonly (infer Item)[] ? Item : NonNullable<V>;

/**
 * Equality filters by fields of an entity, all optional: `filtersOf(Listing, ['owner', 'city'])`. A filter takes what the field
 * takes; for a list, one item. Both the query of a route and the repository are given this.
 */
export function filtersOf<S extends z.ZodRawShape, const K extends keyof S & string>(
  from: z.ZodObject<S>,
  fields: readonly K[],
): z.ZodObject<{ readonly [F in K]: z.ZodOptional<z.ZodType<FilterOf<z.output<S[F]>>>> }> {
  const shape = from.shape as unknown as Record<string, z.ZodType>;
  return z.object(
    Object.fromEntries(fields.map((name) => [name, comparedBy(shape[name] as z.ZodType).optional()])),
  ) as unknown as z.ZodObject<{ readonly [F in K]: z.ZodOptional<z.ZodType<FilterOf<z.output<S[F]>>>> }>;
}

/** What is inside of `nullable` and of `array`. */
function comparedBy(schema: z.ZodType): z.ZodType {
  const definition = schema._zod.def as unknown as {
    type: string;
    innerType?: z.ZodType;
    element?: z.ZodType;
  };
  if (definition.type === 'nullable') return comparedBy(definition.innerType as z.ZodType);
  return definition.type === 'array' ? (definition.element as z.ZodType) : schema;
}
