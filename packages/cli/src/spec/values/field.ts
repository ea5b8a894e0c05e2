/**
 * The syntax of a field: `type(arguments)[]? = default`. `string(120)`, `int(1..50) = 1`, `enum(draft, published) = draft`,
 * `string(40)[] = []`, `text?`; a name that is none of the types is an entity whose id the field holds.
 */
import type { FieldType } from '../../model/stack.ts';
import { defaultFromText, withDefault } from './field-default.ts';
import { nearest } from '../nearest.ts';
import { type Parsed, parsed, refused } from './parsed.ts';

/** As in the stack, but a reference does not know yet which service declares its entity. */
export type FieldTypeSpec =
  | Exclude<FieldType, { kind: 'reference' }>
  | { readonly kind: 'reference'; readonly entity: string };

export interface FieldSpec {
  readonly type: FieldTypeSpec;
  readonly list: boolean;
  readonly optional: boolean;
  readonly unique: boolean;
  readonly readOnly: boolean;
  /** The referenced record must be the caller's own: by its owner, or by these fields of it, ids of users or lists of them. */
  readonly mine: boolean | readonly string[];
  /** JSON value, checked against the type; undefined when there is none. */
  readonly default: unknown;
  /** The field's earlier name, whose values it takes over. */
  readonly renamedFrom: string | undefined;
}

const simpleTypes = [
  'text',
  'boolean',
  'uuid',
  'date',
  'datetime',
  'email',
  'url',
  'money',
  'currency',
  'json',
  'user',
] as const;
/** The names that no entity may have. */
export const typeNames: readonly string[] = ['string', 'int', 'number', 'enum', ...simpleTypes];
/** How they are written, for messages and the reference. */
export const typeForms: readonly string[] = [
  'string(120)',
  'int',
  'int(1..50)',
  'number(-90..90)',
  'enum(draft, published)',
  ...simpleTypes,
];

const maxStringLength = 10_000;
const defaultStringLength = 200;
const fieldPattern = /^([A-Za-z][A-Za-z0-9-]*)(?:\(([^()]*)\))?(\[\])?(\?)?(?:\s*=\s*(.*))?$/s;
const optionalFirst = /^[^=]*\?\s*\[\]/;
const rangePattern = /^\s*(-?\d{1,15}(?:\.\d{1,9})?)?\s*\.\.\s*(-?\d{1,15}(?:\.\d{1,9})?)?\s*$/;
const entityName = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const enumValue = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/;

export function parseField(text: string): Parsed<FieldSpec> {
  if (text.length > 4000)
    return refused('a field of more than 4,000 characters', 'write a type: string(120)');
  const match = fieldPattern.exec(text.trim());
  if (!match) return refused(`"${text}" is not a field type`, malformed(text));
  const [, name = '', args, list, optional, rest] = match;
  const type = parseType(name, args);
  if (!type.ok) return type;
  const field = {
    type: type.value,
    list: list !== undefined,
    optional: optional !== undefined,
    unique: false,
    readOnly: false,
    mine: false,
    default: undefined,
    renamedFrom: undefined,
  };
  return rest === undefined ? parsed(field) : withDefault(field, defaultFromText(field, rest.trim()));
}

function malformed(text: string): string {
  if (optionalFirst.test(text)) return 'write [] before ?: string(40)[]?';
  if (/^[^=]*\([^)]*$/.test(text))
    return 'the ) is missing; inside { } a value with a comma needs quotes: "enum(a, b)"';
  return `write one of ${typeForms.join(', ')}, or an entity's name; then [] for a list, ? if it may be missing, = and a default`;
}

const typesWithArguments = ['string', 'int', 'number', 'enum'];

function parseType(name: string, args: string | undefined): Parsed<FieldTypeSpec> {
  switch (name) {
    case 'string':
      return parseString(args);
    case 'int':
    case 'number':
      return parseNumber(name, args);
    case 'enum':
      return parseEnum(args);
  }
  const kind = simpleTypes.find((simple) => simple === name);
  const meant = kind === undefined && args !== undefined ? nearest(name, typesWithArguments) : undefined;
  if (meant !== undefined) return refused(`"${name}" is not a field type`, `did you mean ${meant}(${args})?`);
  if (args !== undefined)
    return refused(
      `${name} takes no arguments`,
      `only string, int, number and enum do${kind ? `: write ${name}` : ''}`,
    );
  if (kind) return parsed({ kind });
  if (!entityName.test(name))
    return refused(
      `"${name}" is not a field type`,
      `write one of ${typeForms.join(', ')}, or an entity's name`,
    );
  return parsed({ kind: 'reference', entity: name });
}

function parseString(args: string | undefined): Parsed<FieldTypeSpec> {
  if (args === undefined) return parsed({ kind: 'string', maxLength: defaultStringLength });
  const maxLength = /^\s*\d{1,6}\s*$/.test(args) ? Number(args) : 0;
  if (maxLength >= 1 && maxLength <= maxStringLength) return parsed({ kind: 'string', maxLength });
  return refused(
    `"${args}" is not a length`,
    `string takes its longest length, 1 to ${maxStringLength.toLocaleString('en')}: string(120); longer texts are text`,
  );
}

function parseNumber(kind: 'int' | 'number', args: string | undefined): Parsed<FieldTypeSpec> {
  if (args === undefined) return parsed({ kind, min: undefined, max: undefined });
  const match = rangePattern.exec(args);
  const [min, max] = [match?.[1], match?.[2]].map((bound) =>
    bound === undefined ? undefined : Number(bound),
  );
  const whole =
    kind === 'number' || [min, max].every((bound) => bound === undefined || Number.isSafeInteger(bound));
  if (!match || !whole || (min === undefined && max === undefined))
    return refused(`"${args}" is not a range`, `write ${kind}(1..50), ${kind}(0..) or ${kind}(..100)`);
  if (min !== undefined && max !== undefined && min > max)
    return refused(
      `the range ${args.trim()} is empty`,
      `write the smaller bound first: ${kind}(${max}..${min})`,
    );
  return parsed({ kind, min, max });
}

function parseEnum(args: string | undefined): Parsed<FieldTypeSpec> {
  const values = (args ?? '').split(',').map((value) => value.trim());
  const wrong = values.find((value) => !enumValue.test(value));
  if (wrong !== undefined) {
    return refused(
      wrong === '' ? 'an enum needs its values' : `"${wrong}" is not a value of an enum`,
      'write names of letters, digits, _ and -: enum(draft, published)',
    );
  }
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) return refused(`the enum has "${twice}" twice`, 'name each value once');
  return parsed({ kind: 'enum', values });
}
