/** Names that are longer than a place where they are kept has room for. */
import { columnOf } from '@hometrip/runtime/names';
import { limits } from '../../model/limits.ts';
import { wholeRate } from '../values/quantities.ts';
import { type Rule, storesTables } from './context.ts';

export const columnTooLong: Rule = (context) => {
  for (const member of context.members) {
    if (!storesTables(context, member)) continue;
    for (const [entity, { fields }] of member.entities) {
      for (const field of Object.keys(fields)) {
        const column = columnOf(field);
        if (column.length > limits.sqlName)
          context.reportKey(
            'HT0326',
            [...member.path, 'entities', entity, field],
            `the column of ${field} would be ${column}: ${column.length} characters, and PostgreSQL keeps ${limits.sqlName}`,
            'choose a shorter name; each capital counts twice',
          );
      }
    }
  }
};

/** The edge counts whole requests in a second or a minute; the gateways take any rate. */
export const ratesOfTheEdge: Rule = ({ spec, components, report }) => {
  const edge = components.find(({ kind }) => kind.wholeRates);
  if (edge === undefined) return;
  for (const [name, { rate }] of Object.entries(spec.rateLimits)) {
    if (wholeRate(rate) !== undefined) continue;
    const perMinute = rate * 60;
    const choices = [Math.floor(perMinute), Math.ceil(perMinute)].filter((count) => count > 0);
    report(
      'HT0328',
      ['rateLimits', name, 'rate'],
      `${name} is ${Number(perMinute.toPrecision(4))} requests a minute, and ${edge.kind.kind} counts whole ones in a second or a minute`,
      `write ${choices.map((count) => `${count}/m`).join(' or ')}`,
    );
  }
};
