/** What would not run, or not safely: replicas, autoscaling, breakers, secrets. */
import { at, type Located } from '../located.ts';
import type { Findings } from '../diagnostics.ts';
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

/** The wait of an open breaker doubles from the first to the longest. */
export const breakerRange: Rule = ({ members, blame, report }) => {
  for (const { name, spec, path } of members) {
    for (const [target, { breaker }] of Object.entries(spec.callPolicies)) {
      const { openMs, maxOpenMs } = breaker || {};
      if (openMs === undefined || maxOpenMs === undefined || openMs <= maxOpenMs) continue;
      const base = [...path, 'callPolicies', target, 'breaker'];
      report(
        'HT0364',
        blame([{ path: [...base, 'open'] }, { path: [...base, 'maxOpen'] }]).path,
        `the breaker of ${name} for ${target} opens for ${openMs} ms at first, and for at most ${maxOpenMs} ms`,
        'open must not be above maxOpen',
      );
    }
  }
};

/** YAML reads `version: 1.30` as the number 1.3. It is taken as written here; other readers of the file cannot know. */
export const versionsAsNumbers: Rule = ({ components, root, report }) => {
  for (const { name } of components) {
    const path = ['components', name, 'version'];
    const version = at(root, path);
    if (
      version?.kind === 'scalar' &&
      typeof version.value === 'number' &&
      version.text !== String(version.value)
    )
      report(
        'HT0365',
        path,
        `${name}: version ${version.text} is the number ${version.value} for other readers of YAML`,
        `quote it: "${version.text}"`,
      );
  }
};

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
