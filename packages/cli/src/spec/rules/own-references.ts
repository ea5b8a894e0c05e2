import { ownerFieldOf } from '../owner.ts';
import type { Path } from '../located.ts';
import type { FieldSpec } from '../values/field.ts';
import type { DeclaredEntity, Member, Rule, RuleContext } from './context.ts';

/** `mine` asks the service's own store whose a record is, on behalf of who sends the reference. */
export const ownReferences: Rule = (context) => {
  for (const member of context.members) {
    for (const [entity, declared] of member.entities) {
      for (const [name, field] of Object.entries(declared.fields)) {
        if (field.mine === false) continue;
        const path = [...member.path, 'entities', entity, name, 'mine'];
        const refusal = withoutMeaning(context, member, field, declared);
        if (refusal) context.report('HT0322', path, `${entity}: ${name} ${refusal.message}`, refusal.help);
        else checkHolders(context, member, field, path);
      }
    }
  }
  for (const [event, fields] of Object.entries(context.spec.events)) {
    for (const [name, { mine }] of Object.entries(fields)) {
      if (mine !== false)
        context.report(
          'HT0322',
          ['events', event, name, 'mine'],
          `${event}: ${name} is sent by a service, not by a user who could own it`,
          'remove mine; write it at the field of the entity',
        );
    }
  }
};

interface Refusal {
  readonly message: string;
  readonly help: string;
}

function withoutMeaning(
  { members }: RuleContext,
  member: Member,
  { type, list, readOnly }: FieldSpec,
  { spec: { $access } }: DeclaredEntity,
): Refusal | undefined {
  if (type.kind !== 'reference' || list)
    return {
      message: 'is not a reference to one record, so it cannot have an owner',
      help: 'remove mine; it is for fields such as { type: listing, mine: true }',
    };
  const home = member.entities.has(type.entity)
    ? member
    : members.find(({ entities }) => entities.has(type.entity));
  if (home !== undefined && home !== member)
    return {
      message: `refers to ${type.entity} of ${home.name}, and ${member.name} does not know whose that is`,
      help: `remove mine; call ${home.name} where it matters`,
    };
  if (readOnly)
    return { message: 'is never accepted from clients, so it need not be theirs', help: 'remove mine' };
  const open = (['create', 'update'] as const).find((action) => $access?.[action] === 'public');
  return open === undefined
    ? undefined
    : {
        message: 'can come from anonymous callers, who own nothing',
        help: `remove mine, or write $access: { ${open}: user }`,
      };
}

/** The fields of the referenced entity that name who may refer to it. */
function checkHolders(
  { report, suggest }: RuleContext,
  member: Member,
  { type, mine }: FieldSpec,
  path: Path,
): void {
  if (type.kind !== 'reference') return;
  const fields = member.entities.get(type.entity)?.fields;
  // A reference to nothing has a finding of its own.
  if (fields === undefined) return;
  if (mine === true && ownerFieldOf(fields) === undefined)
    report(
      'HT0322',
      path,
      `a ${type.entity} has no owner`,
      'add owner: user to it, or name its fields that hold users: mine: [participants]',
    );
  if (typeof mine === 'boolean') return;
  for (const [index, name] of mine.entries()) {
    const holder = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (holder === undefined)
      report(
        'HT0322',
        [...path, index],
        `${type.entity} has no field ${name}`,
        suggest(name, Object.keys(fields)),
      );
    else if (holder.type.kind !== 'user' && holder.type.kind !== 'uuid')
      report(
        'HT0322',
        [...path, index],
        `${name} of ${type.entity} does not hold users`,
        'name fields of the types user, uuid, user[] or uuid[]',
      );
  }
}
