/** Addresses of servers that run elsewhere: what an adapter would refuse or read otherwise is told here, with its place. */
import { AddressError, parseUrl } from '@hometrip/runtime/addresses';
import type { AnyKind, Declared } from '../../model/resolve-bindings.ts';
import type { Expression } from '../../model/expression.ts';
import type { Path } from '../located.ts';
import { beginningOf, requiredVariables, writtenAddress } from '../values/address.ts';
import type { Rule } from './context.ts';

interface Address {
  readonly path: Path;
  /** Whose it is, for people. */
  readonly what: string;
  readonly address: Expression;
  /** Of a component's server, or of the database of a single service. */
  readonly of: 'server' | 'service';
}

const addressesOf = ({ name, spec }: Declared): readonly Address[] => [
  ...(spec.external === undefined
    ? []
    : [
        { path: ['components', name, 'external'], what: name, address: spec.external, of: 'server' as const },
      ]),
  ...Object.entries(spec.addresses).map(([service, address]) => ({
    path: ['components', name, 'addresses', service],
    what: `the database of ${service}`,
    address,
    of: 'service' as const,
  })),
];

export const variablesNotSet: Rule = ({ components, variables, report }) => {
  if (!variables) return;
  for (const { path, what, address } of components.flatMap(addressesOf)) {
    for (const variable of requiredVariables(address)) {
      // As in a shell, an empty variable counts as none.
      const value = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
      if (!value)
        report(
          'HT0311',
          path,
          `${what} is at \${${variable}}, which has no value`,
          `set ${variable}, or write \${${variable}:-default}`,
        );
    }
  }
};

/**
 * An address that services.yaml says itself, if only as the defaults of its variables, is read as the services will read it. Of
 * any other the beginning tells the scheme; `up` looks at the rest.
 */
export const addressesUnderstood: Rule = ({ components, report, suggest }) => {
  for (const component of components) {
    const { kind } = component;
    const known = Object.keys(kind.schemes).map((scheme) => `${scheme}//`);
    for (const { path, what, address, of } of addressesOf(component)) {
      const written = writtenAddress(address);
      const begins = written ?? beginningOf(address);
      const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(begins)?.[0];
      if (scheme !== undefined && known.length > 0 && !known.includes(scheme.toLowerCase()))
        report(
          'HT0324',
          path,
          `${what} has an address with ${scheme}, by which no service can reach it`,
          suggest(scheme, known),
        );
      else if (scheme === undefined && known.length > 0 && written !== undefined)
        report(
          'HT0363',
          path,
          `${what} has an address without a scheme`,
          `begin it with ${known.join(' or ')}`,
        );
      else if (written !== undefined) {
        const problem = problemOf(kind, written, of);
        if (problem)
          report('HT0363', path, `${what}: ${problem.reason}`, problem.form && `write ${problem.form}`);
      }
    }
  }
};

function problemOf(kind: AnyKind, text: string, of: Address['of']): AddressError | undefined {
  try {
    kind.readAddress?.(parseUrl(text), of);
    return undefined;
  } catch (error) {
    if (error instanceof AddressError) return error;
    throw error;
  }
}

/** `addresses` are of services that store their data in this component, each a database of its own. */
export const addressesOfDatabases: Rule = ({ components, members, blame, report, reportKey }) => {
  for (const { name, kind, spec } of components) {
    const path = ['components', name, 'addresses'];
    const entries = Object.entries(spec.addresses);
    if (entries.length > 0 && kind.ownDatabases === undefined) {
      reportKey('HT0346', path, `services have no database of their own in ${name}`, 'write external');
      continue;
    }
    const users = members.filter(({ database }) => database === name).map((member) => member.name);
    for (const [service] of entries)
      if (!users.includes(service))
        reportKey(
          'HT0346',
          [...path, service],
          `${service} does not store its data in ${name}`,
          users.length === 0 ? `no service has database: ${name}` : `those that do: ${users.join(', ')}`,
        );
    for (const same of Map.groupBy(entries, ([, address]) => JSON.stringify(address)).values()) {
      const [first, second] = same;
      if (first === undefined || second === undefined) continue;
      const { path: place } = blame([{ path: [...path, first[0]] }, { path: [...path, second[0]] }]);
      report(
        'HT0347',
        place,
        `${same.map(([service]) => service).join(' and ')} would share one database`,
        'give each an address of its own',
      );
    }
    if (spec.external === undefined) continue;
    for (const [service, address] of entries)
      if (JSON.stringify(address) === JSON.stringify(spec.external))
        report(
          'HT0347',
          [...path, service],
          `this is the address of the whole server, where hometrip makes the databases`,
          'name a database of its own, or leave it out',
        );
  }
};
