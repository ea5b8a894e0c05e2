/** Several components of a kind, and several that offer the same. */
import { type Capability, capabilities } from '../../model/capabilities.ts';
import { ownProcesses, POSTGRES } from '../../model/own-processes.ts';
import type { Declared } from '../../model/resolve-bindings.ts';
import type { Path } from '../located.ts';
import type { Rule } from './context.ts';

const titles = (offered: readonly Capability[]): string =>
  offered
    .map((capability) => capabilities[capability].title)
    .join(', ')
    .replace(/, ([^,]*)$/, ' and $1');

const both = (one: Declared, other: Declared): Capability[] =>
  one.capabilities.filter((capability) => other.capabilities.includes(capability));

/** `offers` takes away from what a kind offers, and adds nothing. */
export const offersOfKind: Rule = ({ components, report, suggest }) => {
  for (const { name, kind, spec } of components)
    for (const [index, offered] of (spec.offers ?? []).entries())
      if (!(kind.capabilities as readonly string[]).includes(offered))
        report(
          'HT0385',
          ['components', name, 'offers', index],
          `${name} is a ${kind.kind}, which does not offer "${offered}"`,
          kind.capabilities.length === 0
            ? 'remove offers: no service connects to it'
            : suggest(offered, kind.capabilities),
        );
};

/** A service has one connection for each capability. */
export const ambiguousUses: Rule = ({ members, components, report }) => {
  for (const { name, spec, database, path } of members) {
    const chosen = [database, ...spec.uses].flatMap((wanted, index) => {
      const component = components.find((one) => one.name === wanted);
      const place: Path = index === 0 ? [...path, 'database'] : [...path, 'uses', index - 1];
      return component === undefined ? [] : [{ component, place }];
    });
    for (const [index, { component, place }] of chosen.entries()) {
      const used = (capability: Capability) => capabilities[capability].claim === 'uses';
      const earlier = chosen
        .slice(0, index)
        .map((one) => one.component)
        .find((one) => one.name !== component.name && both(one, component).some(used));
      if (earlier !== undefined)
        report(
          'HT0386',
          place,
          `${name} uses ${earlier.name} and ${component.name}, which both offer ${titles(both(earlier, component).filter(used))}`,
          'use one of them, or say with offers what each is for',
        );
    }
  }
};

/** What all services share, they find in one place. */
export const sharedOnce: Rule = ({ members, components, blame, reportKey }) => {
  const hasIssuer = members.some(({ blueprint }) => blueprint?.role === 'issuer');
  const isShared = (capability: Capability): boolean => {
    const { claim, carriesRevocations } = capabilities[capability];
    return claim === 'messages' || claim === 'always' || (hasIssuer && carriesRevocations === true);
  };
  const reported = new Set<string>();
  for (const [index, component] of components.entries()) {
    for (const other of components.slice(0, index)) {
      const shared = both(other, component).filter(isShared);
      const isTwice = component.kind.single && other.kind.kind === component.kind.kind;
      if (shared.length === 0 && !isTwice) continue;
      const places = [other, component].map(({ name }) => ({ name, path: ['components', name] as Path }));
      const [first, second] = places;
      if (first === undefined || second === undefined) continue;
      const worst = blame([first, second]);
      if (reported.has(worst.name)) continue;
      reported.add(worst.name);
      const rest = worst === first ? second : first;
      reportKey(
        'HT0387',
        worst.path,
        shared.length > 0
          ? `${rest.name} and ${worst.name} both offer ${titles(shared)}, which all services share`
          : `${rest.name} is the ${component.kind.kind} of this system already`,
        shared.length > 0 && component.capabilities.length > shared.length
          ? 'say with offers what each is for'
          : 'remove one of them',
      );
    }
  }
};

/** Hosts that mean something else in an address, secrets that others have, and what the embedded stack calls its own. */
const reserved = /^(localhost|unix|embedded|hometrip(-.*)?)$|-(database|superuser|root|admin)$/;

export const reservedComponentNames: Rule = ({ components, reportKey }) => {
  for (const { name, kind } of components) {
    const isOwn = ownProcesses.includes(name) && !(name === POSTGRES && kind.embedded === 'server');
    if (isOwn || reserved.test(name))
      reportKey(
        'HT0306',
        ['components', name],
        `a component must not be named ${name}`,
        isOwn
          ? 'hometrip runs a process of this name beside the services'
          : 'a host, a secret or a database of something else has this name',
      );
  }
};
