/** Fields of entities and events: every type, every modifier, the short and the long form. */
import { listLength } from '../../../packages/cli/src/spec/values/field-limits.ts';
import { defined, type Draw } from './draw.ts';
import { oneLine } from './text.ts';

/** What a field of an entity can refer to. */
export interface Target {
  readonly name: string;
  readonly service: string;
  /** Fields that hold users, the owner first. */
  readonly holders: readonly string[];
}

export interface FieldOptions {
  readonly service: string;
  readonly targets: readonly Target[];
  /** Of an entity: it can be unique, set by the service alone, and refer to one's own. */
  readonly ofEntity: boolean;
}

type Value = (draw: Draw) => unknown;
interface Type {
  readonly text: string;
  /** A value that the type allows; undefined where a field has no default. */
  readonly value?: Value;
  readonly target?: Target;
}

const scalars: readonly ((draw: Draw) => Type)[] = [
  (draw) => {
    const length = draw.of([1, 2, 3, 10, 40, 120, 255, 1000, 10_000]);
    return { text: draw.of(['string', `string(${length})`, `string( ${length} )`]), value: () => 'x' };
  },
  () => ({ text: 'text', value: oneLine }),
  () => ({ text: 'boolean', value: (draw) => draw.chance(50) }),
  () => ({ text: 'uuid', value: () => '0190d5a4-7f3c-7cc0-8a3b-0123456789ab' }),
  () => ({ text: 'date', value: (draw) => draw.of(['2026-02-28', '2024-02-29', '1999-12-31']) }),
  () => ({
    text: 'datetime',
    value: (draw) => draw.of(['2026-01-01T00:00:00Z', '2026-06-30T23:59:59.999Z']),
  }),
  () => ({ text: 'email', value: () => 'a.b+c@example.com' }),
  () => ({ text: 'url', value: () => 'https://example.com/a?b=c#d' }),
  () => ({ text: 'money', value: (draw) => draw.of([0, 1, 100_000_000_000]) }),
  () => ({ text: 'currency', value: (draw) => draw.of(['EUR', 'USD', 'JPY']) }),
  () => ({ text: 'json', value: (draw) => draw.of([{}, [], { a: [1, { b: null }] }, [3, 'text', null]]) }),
  (draw) => {
    const low = draw.of([undefined, -2_147_483_648, -5, 0, 1, 3_000_000_000]);
    const room = draw.of([undefined, 0, 1, 4, 100, 10_000_000_000]);
    const high = room === undefined ? undefined : (low ?? 0) + room;
    if (low === undefined && high === undefined) return { text: 'int', value: () => 0 };
    return { text: `int(${low ?? ''}..${high ?? ''})`, value: () => low ?? high };
  },
  (draw) => {
    const low = draw.of([undefined, -90, 0, 0.5]);
    const room = draw.of([undefined, 0, 1, 0.25, 180]);
    const high = room === undefined ? undefined : (low ?? 0) + room;
    if (low === undefined && high === undefined) return { text: 'number', value: () => 1.5 };
    return { text: `number(${low ?? ''}..${high ?? ''})`, value: () => low ?? high };
  },
  (draw) => {
    const values = draw.of([
      ['one'],
      ['a', 'b'],
      ['draft', 'in-review', 'done_1', 'A'],
      ['true', 'null', 'select', 'class'],
    ]);
    return { text: `enum(${values.join(', ')})`, value: () => draw.of(values) };
  },
];

function typeOf(draw: Draw, { targets }: FieldOptions): Type {
  if (targets.length > 0 && draw.chance(18)) {
    const target = draw.of(targets);
    return { text: target.name, target };
  }
  return draw.chance(8) ? { text: 'user' } : draw.of(scalars)(draw);
}

export function field(draw: Draw, options: FieldOptions): unknown {
  const type = typeOf(draw, options);
  const list = draw.chance(15);
  // References within a service make circles quickly, and somebody has to be first.
  const optional = draw.chance(type.target?.service === options.service ? 80 : 30);
  const value = type.value?.(draw);
  const fallback =
    value === undefined || !draw.chance(25)
      ? undefined
      : list
        ? draw.times(draw.of([0, 1, 2, listLength]), () => value)
        : value;
  const text = `${type.text}${list ? '[]' : ''}${optional ? '?' : ''}`;
  if (fallback === undefined && draw.chance(60)) return text;
  if (list && draw.chance(30)) return fallback === undefined ? text : `${text} = ${JSON.stringify(fallback)}`;
  const before = (percent: number): string | undefined =>
    draw.maybe(percent, () => `old${draw.below(1_000_000)}`);
  if (!options.ofEntity)
    return defined({
      type: text,
      default: fallback,
      // Said of an event's field, these mean nothing, and are let be.
      optional: draw.maybe(10, () => true),
      unique: draw.maybe(5, () => false),
      readOnly: draw.maybe(5, () => true),
      mine: draw.maybe(5, () => false),
      renamedFrom: before(1),
    });
  const readOnly = (optional || fallback !== undefined) && draw.chance(12);
  const own = type.target !== undefined && type.target.service === options.service && !list && !readOnly;
  const holders = type.target?.holders ?? [];
  return defined({
    type: optional && draw.chance(20) ? text.slice(0, -1) : text,
    optional: optional ? draw.of([true, undefined, true]) : undefined,
    // Lists and JSON cannot be unique; now and then it is tried.
    unique: draw.chance(list || type.text === 'json' ? 2 : 25) ? true : undefined,
    default: fallback,
    readOnly: readOnly ? true : undefined,
    renamedFrom: before(6),
    mine:
      own && holders.length > 0 && draw.chance(60)
        ? draw.of([true, holders.slice(0, 1), holders])
        : undefined,
  });
}
