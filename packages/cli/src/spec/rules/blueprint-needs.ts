/** What a blueprint's code takes for granted: components that it uses, and events that it publishes. */
import { chosenCapabilities } from '../../model/resolve-bindings.ts';
import type { Capability } from '../../model/stack.ts';
import { type FieldSpec, parseField } from '../values/field.ts';
import type { Member, Rule, RuleContext } from './context.ts';

export const blueprintNeeds: Rule = (context) => {
  for (const member of context.members) {
    for (const event of Object.keys(member.blueprint?.publishes ?? {})) publishes(context, member, event);
    for (const capability of member.blueprint?.needs ?? []) has(context, member, capability);
  }
};

const built = ({ name, blueprintId }: Member): string => `${name} is built from the blueprint ${blueprintId}`;

/** Another rule says so when events have nobody to carry them. */
function has({ components, kinds, reportKey }: RuleContext, member: Member, capability: Capability): void {
  const { spec, path, database } = member;
  const offering = kinds
    .filter(({ capabilities }) => capabilities.includes(capability))
    .map(({ kind }) => kind);
  if (!chosenCapabilities.includes(capability)) {
    if (spec.publishes.length > 0 || spec.subscribes.length > 0) return;
    reportKey(
      'HT0378',
      path,
      `${built(member)}, which is about events, and it has none`,
      'name events under subscribes or publishes',
    );
    return;
  }
  const declared = components.map(({ name }) => name).filter((name) => offering.includes(name));
  if (declared.some((name) => spec.uses.includes(name) || name === database)) return;
  reportKey(
    'HT0378',
    path,
    `${built(member)}, which needs a component for ${capability}`,
    declared[0] === undefined
      ? `add ${offering.join(' or ')}: {} to components, and to uses: uses: [${offering[0] ?? ''}]`
      : `add it to uses: uses: [${declared[0]}]`,
  );
}

function publishes({ spec, report, reportKey }: RuleContext, member: Member, event: string): void {
  const filled = member.blueprint?.publishes?.[event] ?? {};
  const contract = Object.hasOwn(spec.events, event) ? spec.events[event] : undefined;
  const written = Object.entries(filled).map(([name, type]) => `${name}: ${type}`);
  if (contract === undefined || !member.spec.publishes.includes(event)) {
    reportKey(
      'HT0378',
      member.path,
      `${built(member)}, which publishes ${event}`,
      contract === undefined
        ? `add it to publishes, and to events: ${event}: { ${written.join(', ')} }`
        : 'add it to publishes',
    );
    return;
  }
  for (const [name, type] of Object.entries(filled)) {
    const wanted = parseField(type);
    const field = Object.hasOwn(contract, name) ? contract[name] : undefined;
    if (wanted.ok && (field === undefined || !holds(field, wanted.value)))
      report(
        'HT0378',
        field === undefined ? ['events', event] : ['events', event, name],
        `${built(member)}, which publishes ${event} with ${name}: ${type}`,
        `write ${name}: ${type}`,
      );
  }
  for (const [name, field] of Object.entries(contract)) {
    if (!Object.hasOwn(filled, name) && !field.optional)
      report(
        'HT0378',
        ['events', event, name],
        `${built(member)}, which publishes ${event} without ${name}`,
        'make it optional with ?',
      );
  }
}

const ids: readonly string[] = ['uuid', 'user', 'reference'];

/** Whether a contract's field takes every value that the blueprint gives it. */
function holds({ type, list }: FieldSpec, { type: given }: FieldSpec): boolean {
  if (list) return false;
  if (type.kind === 'text') return given.kind !== 'json';
  if (type.kind === 'string' && given.kind === 'string') return type.maxLength >= given.maxLength;
  return type.kind === given.kind || (ids.includes(type.kind) && ids.includes(given.kind));
}
