/** Names that are longer than a place where they are kept has room for. */
import { columnOf } from '@hometrip/runtime/names';
import { limits } from '../../model/limits.ts';
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
