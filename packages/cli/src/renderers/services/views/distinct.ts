/** Which values of an entity's sample bodies have to differ, so that what is unique stays unique. */
import type { Field } from '../../../model/stack.ts';
import type { EntityModel } from '../entity.ts';
import { capacity } from './samples.ts';

/** A field whose values follow the counter `n` of the test file. */
interface Digit {
  /** `n`, `Math.floor(n / 2)`. */
  readonly counter: string;
  readonly divisor: number;
  readonly values: number;
}

export interface Distinct {
  readonly digits: ReadonlyMap<string, Digit>;
  /** How many records there can be at once; Infinity when there is no end to different bodies. */
  readonly most: number;
  /** Fields that are unique together and have `most` values, or one for each owner; undefined when nothing limits them. */
  readonly narrowest: readonly Field[] | undefined;
  /** One owner can have one record, or few: several need several owners. */
  readonly perOwner: boolean;
}

/** What a field refers to, where the test has to create that first. */
export type ParentOf = (field: Field) => Distinct | undefined;

/** More records than any test file creates. */
const plenty = 100;

/** @param given What a body says of itself; what it does not say is missing, or always the default. */
export function distinctOf(model: EntityModel, given: readonly Field[], parentOf: ParentOf): Distinct {
  const { entity } = model;
  const groups = [
    ...entity.fields.filter(({ unique }) => unique).map((field) => [field]),
    ...entity.unique.map((names) => entity.fields.filter(({ name }) => names.includes(name))),
  ];
  const digits = new Map<string, Digit>();
  const bounded: Field[][] = [];
  let narrowest: Field[] | undefined;
  let perOwner = false;
  for (const group of groups) {
    const kinds = group.map((field) => varietyOf(model, field, given, parentOf));
    if (kinds.includes('absent') || kinds.includes('endless')) continue;
    if (kinds.includes('owner')) {
      perOwner = true;
      narrowest ??= group;
      continue;
    }
    const counted = group.filter((_, index) => kinds[index] === 'counted');
    const valuesOf = (field: Field): number => parentOf(field)?.most ?? capacity(field);
    const widest = counted.find((field) => valuesOf(field) >= plenty);
    if (widest !== undefined) {
      digits.set(widest.name, { counter: 'n', divisor: 1, values: Infinity });
      continue;
    }
    let divisor = 1;
    for (const field of counted) {
      const values = valuesOf(field);
      // What a field refers to counts by itself.
      const own = parentOf(field) === undefined ? divisor : 1;
      if (!digits.has(field.name) && values > 1)
        digits.set(field.name, {
          counter: own === 1 ? 'n' : `Math.floor(n / ${own})`,
          divisor: own,
          values,
        });
      divisor *= values;
    }
    bounded.push(group);
  }
  const rooms = bounded.map((group) => ({ group, room: roomOf(group, digits) }));
  const least = rooms.sort((a, b) => a.room - b.room)[0];
  if (least !== undefined && least.room < plenty)
    return { digits, most: least.room, narrowest: least.group, perOwner };
  return { digits, most: Infinity, narrowest, perOwner };
}

type Variety = 'absent' | 'endless' | 'owner' | 'counted' | 'fixed';

/** Where a body's value of a field comes from, and so whether it can be another one each time. */
function varietyOf(model: EntityModel, field: Field, given: readonly Field[], parentOf: ParentOf): Variety {
  if (field === model.owner) return 'owner';
  if (!given.includes(field)) return (field.default ?? null) === null ? 'absent' : 'fixed';
  if (!['uuid', 'user', 'reference'].includes(field.type.kind)) return 'counted';
  const parent = parentOf(field);
  if (parent === undefined) return 'endless';
  if (parent.most < plenty) return 'counted';
  return parent.perOwner ? 'owner' : 'endless';
}

/** How many bodies in a row have different values, wherever one begins to count. */
function roomOf(group: readonly Field[], digits: ReadonlyMap<string, Digit>): number {
  const key = (n: number): string =>
    group
      .map(({ name }) => {
        const digit = digits.get(name);
        return digit === undefined ? 0 : Math.floor(n / digit.divisor) % digit.values;
      })
      .join();
  const last = new Map<string, number>();
  let room = plenty;
  for (let n = 0; n < 2 * plenty; n += 1) {
    room = Math.min(room, n - (last.get(key(n)) ?? -Infinity));
    last.set(key(n), n);
  }
  return room;
}
