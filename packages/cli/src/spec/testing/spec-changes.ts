/**
 * Random valid entities of a service, and random changes of them, as arbitraries of fast-check: for tests of what has to survive
 * that a spec changes. Fields and entities keep a key of their own through every change, so that a test can tell which is which
 * under other names. What comes out is valid by construction but for a few cases; `checkSpec` says which.
 */
import fc from 'fast-check';

export interface RandomField {
  /** Stays the same through renames. */
  readonly key: number;
  readonly name: string;
  /** The short form without list, optional and default: `string(40)`, or the key of an entity for a reference. */
  readonly type: string | { readonly entity: number };
  readonly list: boolean;
  readonly optional: boolean;
  readonly unique: boolean;
  /** JSON; undefined: none. */
  readonly default: unknown;
  readonly renamedFrom: string | undefined;
}

export interface RandomEntity {
  readonly key: number;
  readonly name: string;
  readonly renamedFrom: string | undefined;
  readonly fields: readonly RandomField[];
}

/** The entities of one service. */
export type RandomEntities = readonly RandomEntity[];

const fieldNames = [
  ...[
    'title',
    'body',
    'note',
    'order',
    'user',
    'from',
    'group',
    'vatID',
    'xAxis',
    'addressLine2',
    'select',
    'value',
    'end',
    'aB',
  ],
  'aLongNameOfAFieldThatOnlyAMachineWouldThinkOf',
];
const entityNames = [
  'item',
  'order',
  'person',
  'blocked-date',
  'media',
  'news-item',
  'table',
  'group',
  'a',
  'long-name-of-an-entity-with-many-words',
];

/** Types with a valid default each. */
const types: readonly (readonly [type: string, value: unknown])[] = [
  ['string(5)', 'abc'],
  ['string(40)', "it's\n-- down"],
  ['text', 'a text'],
  ['boolean', true],
  ['int', 7],
  ['int(0..10)', 3],
  ['int(3..5)', 4],
  ['int(..9000000000)', 8_000_000_000],
  ['number', 2.5],
  ['number(-90..90)', -0.5],
  ['date', '2026-02-28'],
  ['datetime', '2026-02-28T10:00:00.000Z'],
  ['email', 'ann@example.com'],
  ['url', 'https://example.com/'],
  ['money', 1200],
  ['currency', 'EUR'],
  ['uuid', '0198c0de-0000-7000-8000-000000000009'],
  ['json', { note: [1] }],
  ['enum(a, b, c)', 'b'],
  ['enum(a, b)', 'a'],
  ['enum(b, d)', 'd'],
];
const defaults = new Map(types);
/** Types whose values some others can hold: a change within one keeps values, or has rows in its way. */
const families: readonly (readonly string[])[] = [
  ['string(5)', 'string(40)', 'text', 'email', 'url', 'enum(a, b, c)', 'enum(a, b)', 'enum(b, d)'],
  ['int', 'int(0..10)', 'int(3..5)', 'int(..9000000000)', 'number', 'number(-90..90)', 'money'],
];
/** Long values, JSON and lists are not for unique fields. */
const mayBeUnique = (type: RandomField['type'], list: boolean): boolean =>
  !list && typeof type === 'string' && !/^(json|boolean|text|url|enum|currency)/.test(type);

interface Draw {
  readonly type: RandomField['type'];
  readonly list: boolean;
  readonly optional: boolean;
  readonly unique: boolean;
  readonly withDefault: boolean;
}

const draw = fc.record({
  type: fc.constantFrom(...types.map(([type]) => type)),
  list: fc.nat(3).map((number) => number === 0),
  optional: fc.boolean(),
  unique: fc.nat(4).map((number) => number === 0),
  withDefault: fc.boolean(),
});

function fieldOf(
  key: number,
  name: string,
  { type, list, optional, unique, withDefault }: Draw,
): RandomField {
  const isUnique = unique && mayBeUnique(type, list);
  const one = typeof type === 'string' ? defaults.get(type) : undefined;
  const hasDefault = withDefault && !isUnique && one !== undefined && type !== 'uuid';
  return {
    key,
    name,
    type,
    list,
    optional,
    unique: isUnique,
    default: hasDefault ? (list ? [one] : one) : undefined,
    renamedFrom: undefined,
  };
}

/** One to three entities with one to five fields; later ones may refer to earlier ones. */
export const randomEntities: fc.Arbitrary<RandomEntities> = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...entityNames), { minLength: 1, maxLength: 3 }),
    fc.array(fc.array(draw, { minLength: 1, maxLength: 5 }), { minLength: 3, maxLength: 3 }),
    fc.array(fc.shuffledSubarray(fieldNames, { minLength: 5, maxLength: 5 }), { minLength: 3, maxLength: 3 }),
    fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  )
  .map(([names, draws, chosen, refers]) =>
    names.map((name, entity) => {
      const fields = (draws[entity] ?? []).map((drawn, index) =>
        fieldOf(entity * 100 + index, chosen[entity]?.[index] ?? `f${index}`, drawn),
      );
      const reference: RandomField[] =
        entity > 0 && refers[entity] === true
          ? [
              {
                ...fieldOf(entity * 100 + 50, 'parentId', {
                  type: 'text',
                  list: false,
                  optional: true,
                  unique: false,
                  withDefault: false,
                }),
                type: { entity: 0 },
              },
            ]
          : [];
      return { key: entity, name, renamedFrom: undefined, fields: [...fields, ...reference] };
    }),
  );

/** One change; places are numbers that are taken modulo what is there. */
export interface RandomChange {
  readonly kind:
    | 'add field'
    | 'remove field'
    | 'rename field'
    | 'retype field'
    | 'vary field'
    | 'rename and retype field'
    | 'swap fields'
    | 'optional'
    | 'unique'
    | 'default'
    | 'add entity'
    | 'remove entity'
    | 'rename entity'
    | 'swap entities';
  readonly entity: number;
  readonly field: number;
  readonly name: number;
  readonly draw: Draw;
}

const kinds = [
  'add field',
  'remove field',
  'rename field',
  'rename field',
  'retype field',
  'vary field',
  'vary field',
  'vary field',
  'rename and retype field',
  'swap fields',
  'optional',
  'unique',
  'unique',
  'default',
  'add entity',
  'remove entity',
  'rename entity',
  'swap entities',
] as const;

export const randomChanges: fc.Arbitrary<readonly RandomChange[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...kinds),
    entity: fc.nat(2),
    field: fc.nat(5),
    name: fc.nat(20),
    draw,
  }),
  { minLength: 1, maxLength: 4 },
);

/** The entities after the changes. A declaration of an earlier name says the name before all of them. */
export function changed(before: RandomEntities, changes: readonly RandomChange[]): RandomEntities {
  const after = changes.reduce(apply, before.map(withoutDeclarations));
  return declared(before, after);
}

/** As `before`, and every name that was changed is declared to come from its name in `after`: the way back. */
export const reverted = (before: RandomEntities, after: RandomEntities): RandomEntities =>
  declared(after, before.map(withoutDeclarations));

/** As people tidy up when a rename has been applied everywhere. */
export const tidied = (entities: RandomEntities): RandomEntities => entities.map(withoutDeclarations);

const withoutDeclarations = (entity: RandomEntity): RandomEntity => ({
  ...entity,
  renamedFrom: undefined,
  fields: entity.fields.map((field) => ({ ...field, renamedFrom: undefined })),
});

function declared(before: RandomEntities, after: RandomEntities): RandomEntities {
  const old = new Map(before.map((entity) => [entity.key, entity]));
  return after.map((entity) => {
    const was = old.get(entity.key);
    const fields = new Map((was?.fields ?? []).map((field) => [field.key, field.name]));
    const from = (name: string, earlier: string | undefined) => (earlier === name ? undefined : earlier);
    return {
      ...entity,
      renamedFrom: from(entity.name, was?.name),
      fields: entity.fields.map((field) => ({
        ...field,
        renamedFrom: from(field.name, fields.get(field.key)),
      })),
    };
  });
}

let keys = 1000;

function apply(entities: RandomEntities, change: RandomChange): RandomEntities {
  const { kind, draw } = change;
  const at = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];
  const entity = at(entities, change.entity);
  if (kind === 'add entity') {
    const name = free(entityNames, entities, change.name);
    const key = ++keys;
    return name === undefined
      ? entities
      : [...entities, { key, name, renamedFrom: undefined, fields: [fieldOf(++keys, 'title', draw)] }];
  }
  if (entity === undefined) return entities;
  const replace = (fields: readonly RandomField[]) =>
    entities.map((one) => (one === entity ? { ...one, fields } : one));
  const field = at(entity.fields, change.field);
  const edit = (edits: Partial<RandomField>) =>
    replace(entity.fields.map((one) => (one === field ? { ...one, ...edits } : one)));
  const freeField = free(fieldNames, entity.fields, change.name);
  const retyped = (): Partial<RandomField> => {
    if (field === undefined || typeof field.type !== 'string') return {};
    const {
      key: _,
      name: _name,
      ...rest
    } = fieldOf(0, '', { ...draw, unique: field.unique, optional: field.optional });
    return rest;
  };
  switch (kind) {
    case 'remove entity': {
      const isNeeded = entities.some(({ fields }) =>
        fields.some(({ type }) => typeof type === 'object' && type.entity === entity.key),
      );
      return entities.length === 1 || isNeeded ? entities : entities.filter((one) => one !== entity);
    }
    case 'rename entity': {
      const name = free(entityNames, entities, change.name);
      return name === undefined ? entities : entities.map((one) => (one === entity ? { ...one, name } : one));
    }
    case 'swap entities': {
      const [first, second] = entities;
      if (first === undefined || second === undefined) return entities;
      return entities.map((one) =>
        one === first ? { ...one, name: second.name } : one === second ? { ...one, name: first.name } : one,
      );
    }
    case 'add field':
      return freeField === undefined
        ? entities
        : replace([...entity.fields, fieldOf(++keys, freeField, draw)]);
    case 'remove field':
      return entity.fields.length === 1 ? entities : replace(entity.fields.filter((one) => one !== field));
    case 'rename field':
      return freeField === undefined ? entities : edit({ name: freeField });
    case 'retype field':
      return edit(retyped());
    case 'vary field': {
      const family = families.find((members) => members.some((member) => member === field?.type)) ?? [];
      const type = family[change.name % Math.max(1, family.length)];
      if (field === undefined || type === undefined || (field.unique && !mayBeUnique(type, field.list)))
        return entities;
      return edit({ type, default: undefined });
    }
    case 'rename and retype field':
      return freeField === undefined ? entities : edit({ ...retyped(), name: freeField });
    case 'swap fields': {
      const [first, second] = entity.fields;
      if (first === undefined || second === undefined) return entities;
      return replace(
        entity.fields.map((one) =>
          one === first ? { ...one, name: second.name } : one === second ? { ...one, name: first.name } : one,
        ),
      );
    }
    case 'optional':
      return field === undefined ? entities : edit({ optional: !field.optional });
    case 'unique':
      return field === undefined || !mayBeUnique(field.type, field.list)
        ? entities
        : edit({ unique: !field.unique, default: undefined });
    case 'default': {
      if (field === undefined || typeof field.type !== 'string') return entities;
      const { default: value } = fieldOf(0, '', {
        ...draw,
        type: field.type,
        list: field.list,
        unique: field.unique,
      });
      return edit({ default: value });
    }
  }
}

const free = (
  names: readonly string[],
  taken: readonly { readonly name: string }[],
  at: number,
): string | undefined => {
  const left = names.filter((name) => !taken.some((one) => one.name === name));
  return left[at % Math.max(1, left.length)];
};

/** As `entities:` of a service, JSON, which is YAML too. */
export function entitiesText(entities: RandomEntities): string {
  const names = new Map(entities.map(({ key, name }) => [key, name]));
  const typeOf = ({ type, list }: RandomField) =>
    `${typeof type === 'string' ? type : (names.get(type.entity) ?? 'text')}${list ? '[]' : ''}`;
  return JSON.stringify(
    Object.fromEntries(
      entities.map(({ name, renamedFrom, fields }) => [
        name,
        {
          $access: { read: 'public', create: 'public', update: 'public', delete: 'public' },
          ...(renamedFrom !== undefined && { $renamedFrom: renamedFrom }),
          ...Object.fromEntries(
            fields.map((field) => [
              field.name,
              {
                type: typeOf(field),
                ...(field.optional && { optional: true }),
                ...(field.unique && { unique: true }),
                ...(field.default !== undefined && { default: field.default }),
                ...(field.renamedFrom !== undefined && { renamedFrom: field.renamedFrom }),
              },
            ]),
          ),
        },
      ]),
    ),
  );
}
