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
export const ambiguousUses: Rule = ({ members, component: named, report }) => {
  for (const { name, spec, database, path } of members) {
    const places: [string | undefined, Path][] = [
      [database, [...path, 'database']],
      ...spec.uses.map((used, index): [string, Path] => [used, [...path, 'uses', index]]),
    ];
    const first = new Map<Capability, Declared>();
    for (const [used, place] of places) {
      const component = named(used);
      const offered = (component?.capabilities ?? []).filter(
        (capability) => capabilities[capability].claim === 'uses',
      );
      const earlier = offered.map((capability) => first.get(capability)).find((one) => one !== undefined);
      if (component !== undefined && earlier !== undefined && earlier !== component)
        report(
          'HT0386',
          place,
          `${name} uses ${earlier.name} and ${component.name}, which both offer ${titles(offered.filter((capability) => earlier.capabilities.includes(capability)))}`,
          'use one of them, or say with offers what each is for',
        );
      if (component === undefined) continue;
      for (const capability of offered) if (!first.has(capability)) first.set(capability, component);
    }
  }
};

/** What all services share, they find in one place; and of some kinds there is one for all. */
export const sharedOnce: Rule = ({ members, components, blame, reportKey }) => {
  const hasIssuer = members.some(({ blueprint }) => blueprint?.role === 'issuer');
  const isShared = (capability: Capability): boolean => {
    const { claim, carriesRevocations } = capabilities[capability];
    return claim === 'messages' || claim === 'always' || (hasIssuer && carriesRevocations === true);
  };
  const first = new Map<string, Declared>();
  for (const component of components) {
    const shared = component.capabilities.filter(isShared);
    const taken = [...shared, ...(component.kind.single ? [`kind ${component.kind.kind}`] : [])];
    const other = taken.map((what) => first.get(what)).find((one) => one !== undefined);
    for (const what of taken) if (!first.has(what)) first.set(what, component);
    if (other === undefined) continue;
    const worst = blame([place(other), place(component)]).component;
    const rest = worst === other ? component : other;
    const both = shared.filter((capability) => other.capabilities.includes(capability));
    reportKey(
      'HT0387',
      ['components', worst.name],
      both.length > 0
        ? `${rest.name} and ${worst.name} both offer ${titles(both)}, which all services share`
        : `${rest.name} is the ${component.kind.kind} of this system already`,
      both.length > 0 && component.capabilities.length > both.length
        ? 'say with offers what each is for'
        : 'remove one of them',
    );
  }
};

const place = (component: Declared) => ({ component, path: ['components', component.name] as Path });

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
