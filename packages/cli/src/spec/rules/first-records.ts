/** Whether a record can be created at all, while there is none yet. */
import { ownerFieldOf } from '../owner.ts';
import type { DeclaredEntity, Member, Rule, RuleContext } from './context.ts';
import { eachEntity, storesTables } from './context.ts';

export const readOnlyWithoutValue: Rule = (context) => {
  eachEntity(context, ({ entity, fields, path }) => {
    for (const [name, field] of Object.entries(fields)) {
      if (!field.readOnly || field.optional || (field.default ?? null) !== null) continue;
      // Whoever creates a record is its owner.
      if (name === ownerFieldOf(fields)) continue;
      context.report(
        'HT0377',
        [...path, name],
        `${entity}: ${name} is set by the service only, and has nothing to begin with`,
        'give it a default, or make it optional with ?',
      );
    }
  });
};

/** One finding for each service's circle of references that each need a record before. */
export const neverFirst: Rule = (context) => {
  for (const member of context.members) {
    const circle = circleIn(needsOf(context, member));
    const [first] = circle;
    if (first === undefined) continue;
    const steps = [...circle.map(({ entity }) => entity), first.entity].join(' → ');
    context.report(
      'HT0376',
      [...member.path, 'entities', first.entity, first.field],
      `the first ${first.entity} cannot be created, since each needs another record before: ${steps}`,
      `make one of them optional, for example ${first.field}: the type ${first.target}?`,
    );
  }
};

/** A field that has to lead to a record of the same service. */
interface Need {
  readonly entity: string;
  readonly field: string;
  readonly target: string;
}

function needsOf(context: RuleContext, member: Member): ReadonlyMap<string, readonly Need[]> {
  const sql = storesTables(context, member);
  const ofEntity = (entity: string, { fields }: DeclaredEntity): Need[] =>
    Object.entries(fields).flatMap(([field, { type, list, optional, readOnly, mine }]) =>
      type.kind === 'reference' &&
      !list &&
      !optional &&
      !readOnly &&
      (sql || mine !== false) &&
      member.entities.has(type.entity)
        ? [{ entity, field, target: type.entity }]
        : [],
    );
  return new Map([...member.entities].map(([name, declared]) => [name, ofEntity(name, declared)]));
}

/** The steps of one circle; none when somebody can begin. */
function circleIn(needs: ReadonlyMap<string, readonly Need[]>): readonly Need[] {
  const possible = new Set<string>();
  for (let before = -1; before < possible.size; ) {
    before = possible.size;
    for (const [entity, all] of needs)
      if (all.every(({ target }) => possible.has(target))) possible.add(entity);
  }
  const [start] = [...needs.keys()].filter((entity) => !possible.has(entity));
  const steps: Need[] = [];
  for (let entity = start; entity !== undefined; ) {
    const again = steps.findIndex((step) => step.entity === entity);
    if (again >= 0) return steps.slice(again);
    const next = needs.get(entity)?.find(({ target }) => !possible.has(target));
    if (next !== undefined) steps.push(next);
    entity = next?.target;
  }
  return [];
}
