/** What would not run: replicas, autoscaling, addresses, secrets. */
import type { Expression } from '../../model/expression.ts';
import type { Located } from '../located.ts';
import { requiredVariables } from '../values/address.ts';
import type { Findings } from '../diagnostics.ts';
import type { Declared } from '../../model/resolve-bindings.ts';
import type { Rule } from './context.ts';

export const noServices: Rule = ({ members, reportKey }) => {
  if (members.length === 0)
    reportKey('HT0320', ['services'], 'the system has no services', 'declare one under services');
};

export const notReplicable: Rule = ({ members, components, report }) => {
  for (const { name, blueprint, blueprintId, replicas, spec, path } of members) {
    if (blueprint?.replicable !== false) continue;
    const key =
      replicas > 1 ? ['replicas'] : (spec.autoscale?.max ?? 1) > 1 ? ['autoscale', 'max'] : undefined;
    if (key)
      report(
        'HT0309',
        [...path, ...key],
        `${name} has several replicas, which the blueprint ${blueprintId} cannot have`,
        'at most 1',
      );
  }
  for (const { name, kind, spec } of components) {
    if (!kind.replicable && (spec.replicas ?? 1) > 1)
      report('HT0309', ['components', name, 'replicas'], `${name} cannot have several replicas`, 'at most 1');
  }
};

export const autoscaleRange: Rule = ({ members, blame, report }) => {
  for (const {
    name,
    spec: { autoscale },
    path,
  } of members) {
    if (!autoscale || autoscale.min <= autoscale.max) continue;
    const place = blame([{ path: [...path, 'autoscale', 'min'] }, { path: [...path, 'autoscale', 'max'] }]);
    report(
      'HT0310',
      place.path,
      `${name} scales from ${autoscale.min} to ${autoscale.max}`,
      'min must not be above max',
    );
  }
};

/** Of a component's server, and of the databases of single services. */
const addressesOf = ({
  name,
  spec,
}: Declared): { path: readonly string[]; what: string; address: Expression }[] => [
  ...(spec.external === undefined
    ? []
    : [{ path: ['components', name, 'external'], what: name, address: spec.external }]),
  ...Object.entries(spec.addresses).map(([service, address]) => ({
    path: ['components', name, 'addresses', service],
    what: `the database of ${service}`,
    address,
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

/** Where services.yaml says the scheme itself; what comes from the environment is looked at by `up`. */
export const foreignSchemes: Rule = ({ components, report, suggest }) => {
  for (const component of components) {
    const known = Object.keys(component.kind.schemes).map((one) => `${one}//`);
    for (const { path, what, address } of addressesOf(component)) {
      const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(beginningOf(address))?.[0];
      if (scheme === undefined || known.length === 0 || known.includes(scheme.toLowerCase())) continue;
      report(
        'HT0324',
        path,
        `${what} has an address with ${scheme}, by which no service can reach it`,
        suggest(scheme, known),
      );
    }
  }
};

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

function beginningOf(address: Expression): string {
  if (typeof address === 'string') return address;
  const [first = ''] = address.parts;
  return typeof first === 'string' ? first : first.kind === 'environment' ? (first.fallback ?? '') : '';
}

/** Only what is certain: a false alarm here teaches people to ignore it. */
const secretForms: readonly (readonly [RegExp, string])[] = [
  [/^[a-z][a-z0-9+.-]*:\/\/[^/@:\s]*:(?!\$\{)[^/@\s]+@/i, 'an address with a password'],
  [/-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----/, 'a private key'],
  [/\bAKIA[0-9A-Z]{16}\b/, 'an access key'],
  [/\bgh[pousr]_[A-Za-z0-9]{36}/, 'an access token'],
  [/\b[sr]k_live_[A-Za-z0-9]{16}/, 'a payment key'],
  [/\bxox[abprs]-[A-Za-z0-9-]{10}/, 'an access token'],
];

/** One quick look decides for nearly all values. */
const suspicious = /:\/\/|-----BEGIN|AKIA|gh[pousr]_|k_live_|xox/;

export function plainSecrets(root: Located, findings: Findings): void {
  const pending: Located[] = [root];
  const seen = new Set<number>();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.kind === 'map') for (const { value } of node.entries.values()) pending.push(value);
    else if (node.kind === 'list') pending.push(...node.items);
    else if (typeof node.value === 'string' && suspicious.test(node.value) && !seen.has(node.span.start)) {
      seen.add(node.span.start);
      const { value } = node;
      const form = secretForms.find(([pattern]) => pattern.test(value));
      if (form)
        findings.add(
          'HT0319',
          node.span,
          `this is ${form[1]}, in plain text`,
          'take it out, change it, and write ${VARIABLE}',
        );
    }
  }
}
