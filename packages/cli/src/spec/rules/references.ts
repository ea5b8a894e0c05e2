import type { Blueprint } from '../../model/blueprints.ts';
import { capabilities, type Offering, offersBy } from '../../model/capabilities.ts';
import type { AnyKind, Declared } from '../../model/resolve-bindings.ts';
import type { Path } from '../located.ts';
import { listed } from '../nearest.ts';
import { type Member, type Rule, type RuleContext, storesTables } from './context.ts';

/** Each name of one list of each member, with its place. */
function eachName(
  members: readonly Member[],
  key: 'uses' | 'calls' | 'publishes' | 'subscribes',
  visit: (name: string, member: Member, path: Path) => void,
): void {
  for (const member of members) {
    for (const [index, name] of member.spec[key].entries()) visit(name, member, [...member.path, key, index]);
  }
}

export const unknownServices: Rule = ({ spec, members, report, suggest }) => {
  const services = Object.keys(spec.services);
  eachName(members, 'calls', (name, member, path) => {
    if (Object.hasOwn(spec.services, name)) return;
    if (Object.hasOwn(spec.gateways, name))
      report(
        'HT0203',
        path,
        `${member.name} calls "${name}", which is a gateway`,
        'only services can be called',
      );
    else
      report(
        'HT0203',
        path,
        `${member.name} calls "${name}", which is not declared`,
        suggest(name, services),
      );
  });
};

export const policiesWithoutCalls: Rule = ({ members, reportKey, suggest }) => {
  for (const { name, spec, path } of members) {
    for (const target of Object.keys(spec.callPolicies)) {
      if (!spec.calls.includes(target))
        reportKey(
          'HT0325',
          [...path, 'callPolicies', target],
          `${name} has a policy for calls to "${target}", which it does not call`,
          suggest(target, spec.calls) ?? `add ${target} to calls`,
        );
    }
  }
};

export const unknownEvents: Rule = ({ spec, members, report, suggest }) => {
  const events = Object.keys(spec.events);
  for (const [key, verb] of [
    ['publishes', 'publishes'],
    ['subscribes', 'subscribes to'],
  ] as const) {
    eachName(members, key, (name, member, path) => {
      if (!Object.hasOwn(spec.events, name))
        report(
          'HT0207',
          path,
          `${member.name} ${verb} "${name}", which is not declared`,
          suggest(name, events),
        );
    });
  }
};

export const unknownRateLimits: Rule = ({ spec, members, report, suggest }) => {
  for (const {
    name,
    spec: { rateLimit },
    path,
  } of members) {
    if (rateLimit !== undefined && !Object.hasOwn(spec.rateLimits, rateLimit)) {
      report(
        'HT0208',
        [...path, 'rateLimit'],
        `${name} has the rate limit "${rateLimit}", which is not declared`,
        suggest(rateLimit, Object.keys(spec.rateLimits)),
      );
    }
  }
};

export const unknownBlueprints: Rule = ({ members, blueprints, report, suggest }) => {
  for (const { name, kind, blueprint, blueprintId, path } of members) {
    if (blueprint) continue;
    const other = blueprints.all.some(({ id }) => id === blueprintId);
    const choices = blueprints.all.filter((candidate) => candidate.kind === kind).map(({ id }) => id);
    const message = other
      ? `${name} is a ${kind}, and "${blueprintId}" is not a blueprint for one`
      : `${name} has the blueprint "${blueprintId}", which does not exist`;
    report(
      'HT0209',
      [...path, 'blueprint'],
      message,
      other ? `there are: ${choices.join(', ')}` : suggest(blueprintId, choices),
    );
  }
};

/** Names under which a component may be asked for: those of its kind, and of the components that are there. */
function namesOf(
  { kinds, components }: RuleContext,
  test: (offering: AnyKind) => boolean,
): readonly string[] {
  const here = components.filter(({ kind }) => test(kind)).map(({ name }) => name);
  const others = new Set(components.filter(({ kind }) => !test(kind)).map(({ name }) => name));
  const ofKinds = kinds.filter(test).map(({ kind }) => kind);
  return [...new Set([...ofKinds.filter((kind) => !others.has(kind)), ...here])];
}

/** The component, if it is there to be used; if not, the reason is reported. */
function declared(
  context: RuleContext,
  name: string,
  who: string,
  path: Path,
  choices: readonly string[],
): Declared | undefined {
  const { kinds, report, suggest } = context;
  const component = context.component(name);
  if (component !== undefined) return component;
  const same = context.componentsOf(name).map((one) => one.name);
  if (!kinds.some(({ kind }) => kind === name))
    report('HT0206', path, `${who} "${name}", which is not a component`, suggest(name, choices));
  else
    report(
      'HT0307',
      path,
      `${who} ${name}, which is not declared`,
      same.length > 0 ? `of this kind there is: ${listed(same)}` : `add ${name}: {} to components`,
    );
  return undefined;
}

export const componentsUsed: Rule = (context) => {
  const usable = namesOf(context, (kind) => offersBy(kind, 'uses'));
  eachName(context.members, 'uses', (name, member, path) => {
    const component = declared(context, name, `${member.name} uses`, path, usable);
    if (component === undefined) return;
    const { capabilities: offered } = component;
    if (!offered.some((capability) => capabilities[capability].claim !== 'store')) {
      const help = offered.length > 0 ? `write database: ${name}` : `what can be used: ${listed(usable)}`;
      context.report('HT0321', path, `${member.name} uses ${name}, which offers nothing to use`, help);
    }
  });
};

export const databases: Rule = (context) => {
  const choices = new Map<Blueprint | undefined, readonly string[]>();
  for (const member of context.members) {
    const { name, database, blueprint, blueprintId } = member;
    const path = [...member.path, 'database'];
    const isPossible = (kind: AnyKind): boolean =>
      offersBy(kind, 'store') && (!blueprint || blueprint.databases.includes(kind.kind));
    const possible = choices.get(blueprint) ?? namesOf(context, isPossible);
    choices.set(blueprint, possible);
    if (database === undefined) {
      databaseMissing(context, member, possible);
      continue;
    }
    const component = declared(context, database, `${name} stores its data in`, path, possible);
    if (component === undefined) continue;
    if (isPossible(component.kind)) {
      if (offersBy(component, 'store')) continue;
      context.report(
        'HT0308',
        path,
        `${name} stores its data in ${database}, which does not offer that`,
        `add it to components.${database}.offers`,
      );
    } else if (!offersBy(component.kind, 'store'))
      context.report(
        'HT0308',
        path,
        `${name} stores its data in ${database}, which is not a database`,
        `there are: ${listed(possible)}`,
      );
    else
      context.report(
        'HT0308',
        path,
        `the blueprint ${blueprintId} of ${name} cannot store its data in ${database}`,
        possible.length > 0 ? `it can in: ${listed(possible)}` : 'it stores nothing',
      );
  }
};

function databaseMissing(
  context: RuleContext,
  { name, path, blueprint, blueprintId, entities, spec }: Member,
  possible: readonly string[],
): void {
  const { reportKey } = context;
  const [entity] = entities.keys();
  if (entity !== undefined)
    reportKey(
      'HT0307',
      path,
      `${name} has the entity ${entity} and no database`,
      `add database: ${storesToChoose(context, possible)}`,
    );
  else if (
    spec.blueprint !== undefined &&
    blueprint?.needs['database'] !== undefined &&
    blueprint.databases.length > 0
  )
    reportKey(
      'HT0307',
      path,
      `the blueprint ${blueprintId} of ${name} needs a database`,
      `add database: ${storesToChoose(context, possible)}`,
    );
}

/** Where several could serve, the choice is the user's. */
function storesToChoose(context: RuleContext, possible: readonly string[]): string {
  const stores = possible.length > 0 ? possible : namesOf(context, (kind) => offersBy(kind, 'store'));
  const here: string[] = [];
  for (const name of stores) {
    if (here.length === 5) break;
    if (context.component(name) !== undefined) here.push(name);
  }
  return here.length > 0 ? here.join(' or ') : (stores[0] ?? '');
}

export const extensionsWithoutPostgres: Rule = (context) => {
  for (const member of context.members) {
    const { name, spec, database, path } = member;
    if (!('extensions' in spec) || spec.extensions.length === 0 || storesTables(context, member)) continue;
    context.reportKey(
      'HT0383',
      [...path, 'extensions'],
      `${name} has extensions of PostgreSQL and ${database === undefined ? 'no database' : `stores its data in ${database}`}`,
      'remove it, or store the data in PostgreSQL',
    );
  }
};

export const brokerMissing: Rule = (context) => {
  const { members, components, kinds, reportKey } = context;
  if (components.some((component) => offersBy(component, 'messages'))) return;
  const brokers = kinds.filter((kind) => offersBy(kind, 'messages')).map(({ kind }) => kind);
  for (const { name, spec, path } of members) {
    const key =
      spec.publishes.length > 0 ? 'publishes' : spec.subscribes.length > 0 ? 'subscribes' : undefined;
    if (key)
      reportKey(
        'HT0307',
        [...path, key],
        `${name} ${key} events, and no component carries them`,
        `add ${brokers.join(' or ')}: {} to components`,
      );
  }
};

const carriesRevocations = ({ capabilities: offered }: Offering): boolean =>
  offered.some((one) => capabilities[one].carriesRevocations);

export const revocationMissing: Rule = ({ members, components, kinds, reportKey }) => {
  if (components.some(carriesRevocations)) return;
  const carriers = kinds.filter(carriesRevocations).map(({ kind }) => kind);
  for (const { name, blueprint, path } of members) {
    if (blueprint?.role === 'issuer')
      reportKey(
        'HT0366',
        path,
        `tokens of ${name} cannot be revoked before they expire: no component carries the news`,
        `add ${carriers.join(' or ')}: {} to components`,
      );
  }
};

export const listedTwice: Rule = ({ members, report }) => {
  for (const key of ['uses', 'calls', 'publishes', 'subscribes'] as const) {
    const seen = new Set<string>();
    eachName(members, key, (name, member, path) => {
      const entry = `${member.name} ${name}`;
      if (seen.has(entry))
        report('HT0212', path, `${member.name} lists ${name} twice in ${key}`, 'remove one');
      seen.add(entry);
    });
  }
};
