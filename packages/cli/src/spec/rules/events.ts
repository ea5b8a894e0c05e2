import { camelCase } from '../../model/names.ts';
import type { Rule } from './context.ts';

export const withoutPublisher: Rule = ({ spec, members, report }) => {
  const published = new Set(members.flatMap((member) => member.spec.publishes));
  for (const {
    name,
    spec: { subscribes },
    path,
  } of members) {
    subscribes.forEach((event, index) => {
      if (Object.hasOwn(spec.events, event) && !published.has(event))
        report(
          'HT0316',
          [...path, 'subscribes', index],
          `${name} waits for ${event}, which no service publishes`,
          'add it to publishes of a service',
        );
    });
  }
};

export const withoutSubscriber: Rule = ({ spec, members, report }) => {
  const consumed = new Set(members.flatMap((member) => member.spec.subscribes));
  for (const {
    name,
    spec: { publishes },
    path,
  } of members) {
    publishes.forEach((event, index) => {
      if (Object.hasOwn(spec.events, event) && !consumed.has(event))
        report(
          'HT0317',
          [...path, 'publishes', index],
          `${name} publishes ${event}, which no service consumes`,
        );
    });
  }
};

export const unusedDeclarations: Rule = ({ spec, members, reportKey }) => {
  const events = new Set(members.flatMap((member) => [...member.spec.publishes, ...member.spec.subscribes]));
  const limits = new Set(members.map((member) => member.spec.rateLimit));
  for (const event of Object.keys(spec.events))
    if (!events.has(event))
      reportKey('HT0318', ['events', event], `no service publishes or consumes ${event}`);
  for (const limit of Object.keys(spec.rateLimits))
    if (!limits.has(limit))
      reportKey('HT0318', ['rateLimits', limit], `no service has the rate limit ${limit}`);
};

const lifecycle = /^(.+)\.(created|updated|deleted)$/;

/** The generated service publishes these by itself, from the record that it has just written. */
export const eventsOfEntities: Rule = ({ spec, members, reportKey, report }) => {
  for (const {
    entities,
    spec: { publishes },
  } of members) {
    for (const event of new Set(publishes)) {
      const entity = lifecycle.exec(event)?.[1] ?? '';
      const fields = entities.get(entity)?.fields;
      if (!fields || !Object.hasOwn(spec.events, event)) continue;
      const id = `${camelCase(entity)}Id`;
      for (const [name, field] of Object.entries(spec.events[event] ?? {})) {
        const source = Object.hasOwn(fields, name) ? fields[name] : undefined;
        if (source === undefined && name !== id)
          reportKey(
            'HT0312',
            ['events', event, name],
            `${event} carries ${name}, which ${entity} does not have`,
            `it can carry ${[id, ...Object.keys(fields)].join(', ')}`,
          );
        else if (source?.optional && !field.optional)
          report(
            'HT0312',
            ['events', event, name],
            `${event} always carries ${name}, which a ${entity} may lack`,
            'add ? to its type',
          );
      }
    }
  }
};
