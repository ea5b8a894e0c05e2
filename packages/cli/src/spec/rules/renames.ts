/** `renamedFrom`: what the spec alone can tell. Whether there ever was such a name, only the history of migrations knows. */
import { databaseName } from '../../model/resolve-bindings.ts';
import type { FieldSpec } from '../values/field.ts';
import type { Path } from '../located.ts';
import { type Rule, type RuleContext, storesTables } from './context.ts';

interface Named {
  readonly name: string;
  readonly from: string | undefined;
  /** Of the declaration. */
  readonly path: Path;
}

/** Fields that every record has: they are always there. */
const ofEveryRecord = ['id', 'revision', 'createdAt', 'updatedAt'].map(
  (name): Named => ({ name, from: undefined, path: [] }),
);

export const renames: Rule = (context) => {
  const { members, report } = context;
  check(
    context,
    'service',
    members.map(({ name, spec, path }) => ({
      name,
      from: 'renamedFrom' in spec ? spec.renamedFrom : undefined,
      path: [...path, 'renamedFrom'],
    })),
  );
  const everywhere = members.flatMap(({ entities, path }) =>
    [...entities].map(([name, { spec }]) => ({
      name,
      from: spec.$renamedFrom,
      path: [...path, 'entities', name, '$renamedFrom'],
    })),
  );
  check(context, 'entity', everywhere);
  for (const member of members) {
    const { name: service, entities, path, database } = member;
    const documents = database !== undefined && !storesTables(context, member);
    const swapped = (kind: string, all: readonly Named[]): void => {
      for (const { name, from, path: place } of circles(all))
        report(
          'HT0338',
          place,
          `${kind} ${name} and ${from ?? ''} change their names in a circle, and ${service} stores documents in ${database ?? ''}`,
          'rename one of them to a third name, run hometrip up, and go on from there',
        );
    };
    if (documents)
      swapped(
        'entity',
        everywhere.filter((one) => one.path[1] === service),
      );
    for (const [entity, { fields }] of entities) {
      const named = Object.entries(fields).map(([name, { renamedFrom }]) => ({
        name,
        from: renamedFrom,
        path: [...path, 'entities', entity, name, 'renamedFrom'],
      }));
      check(context, `${entity}: field`, [...named, ...ofEveryRecord]);
      if (documents) swapped(`${entity}: field`, named);
    }
  }
};

/** Contracts of events store nothing. */
export const renamesOfEvents: Rule = ({ spec, report }) => {
  for (const [event, fields] of Object.entries(spec.events as Record<string, Record<string, FieldSpec>>)) {
    for (const [name, { renamedFrom }] of Object.entries(fields)) {
      if (renamedFrom !== undefined)
        report(
          'HT0337',
          ['events', event, name, 'renamedFrom'],
          `${event}: ${name} is a field of an event, and nothing of it is stored under an earlier name`,
          'remove renamedFrom; publish the field under both names until all consumers know the new one',
        );
    }
  }
};

/** A service that stores nothing has nothing to take over. */
export const renamesWithoutData: Rule = ({ members, report }) => {
  for (const { name, spec, database, path } of members) {
    if (!('renamedFrom' in spec) || spec.renamedFrom === undefined || database !== undefined) continue;
    report(
      'HT0337',
      [...path, 'renamedFrom'],
      `${name} has no database, so there is nothing of ${spec.renamedFrom} (database ${databaseName(spec.renamedFrom)}) to take over`,
      'remove renamedFrom, or add the database that it had',
    );
  }
};

function check({ report }: RuleContext, kind: string, all: readonly Named[]): void {
  const byName = new Map(all.map((one) => [one.name, one]));
  const taken = new Map<string, string>();
  for (const { name, from, path } of all) {
    if (from === undefined) continue;
    const there = byName.get(from);
    const other = taken.get(from);
    taken.set(from, name);
    if (from === name)
      report(
        'HT0336',
        path,
        `${kind} ${name} is renamed from itself`,
        'write its earlier name, or remove it',
      );
    else if (other !== undefined)
      report(
        'HT0336',
        path,
        `${kind} ${name} and ${other} are both renamed from ${from}`,
        'one of them has its data; remove the other',
      );
    else if (there !== undefined && there.from === undefined)
      report(
        'HT0336',
        path,
        `${kind} ${name} is renamed from ${from}, which is still there`,
        `rename or remove ${from}, or remove renamedFrom`,
      );
  }
}

/** Those whose earlier names lead back to themselves. */
function circles(all: readonly Named[]): readonly Named[] {
  const byName = new Map(all.map((one) => [one.name, one]));
  return all.filter((start) => {
    const seen = new Set<string>();
    for (let at: Named | undefined = start; at?.from !== undefined; at = byName.get(at.from)) {
      if (seen.has(at.name)) return false;
      seen.add(at.name);
      if (at.from === start.name) return seen.size > 1;
    }
    return false;
  });
}
