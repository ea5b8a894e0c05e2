/** What a blueprint's code takes for granted: components that it uses, and events that it publishes. */
import { needsOf } from '../../model/blueprints.ts';
import { capabilities as table, type Offering } from '../../model/capabilities.ts';
import { impliedCapabilities } from '../../model/resolve-bindings.ts';
import { type FieldSpec, parseField } from '../values/field.ts';
import type { Member, Rule, RuleContext } from './context.ts';

export const blueprintEvents: Rule = (context) => {
  for (const member of context.members)
    for (const event of Object.keys(member.blueprint?.publishes ?? {})) publishes(context, member, event);
};

/** What the code of a blueprint cannot do without: something has to offer it, and the service has to use that. */
export const blueprintComponents: Rule = ({ members, components, kinds, report, reportKey }) => {
  const implied = impliedCapabilities(members.some(({ blueprint }) => blueprint?.role === 'issuer'));
  for (const { name, spec, path, blueprint, blueprintId } of members) {
    for (const capability of needsOf(blueprint)) {
      // Then the next rule says what is missing.
      const { claim, title } = table[capability];
      if (claim === 'messages' && spec.publishes.length + spec.subscribes.length > 0) continue;
      const offers = ({ capabilities }: Offering) => capabilities.includes(capability);
      const declared = components.filter(offers).map((component) => component.name);
      const isChosen = claim === 'uses' && !implied.includes(capability);
      if (isChosen ? declared.some((component) => spec.uses.includes(component)) : declared.length > 0)
        continue;
      const possible = kinds.filter(offers).map(({ kind }) => kind);
      const named = spec.uses.find((component) => possible.includes(component));
      // That it is not declared has a finding of its own.
      if (named !== undefined) continue;
      const declare = declared.length > 0 ? '' : `add ${possible.join(' or ')}: {} to components`;
      const use = isChosen ? `write uses: [${declared[0] ?? possible[0] ?? ''}]` : '';
      const say = spec.blueprint === undefined ? reportKey : report;
      say(
        'HT0307',
        spec.blueprint === undefined ? path : [...path, 'blueprint'],
        `the blueprint ${blueprintId} of ${name} needs ${title}, which ${declared.length > 0 ? 'it does not use' : 'no component offers'}`,
        [declare, use].filter((help) => help !== '').join(', and '),
      );
    }
  }
};

const built = ({ name, blueprintId }: Member): string => `${name} is built from the blueprint ${blueprintId}`;

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
