import { CamelCasePlugin } from 'kysely';
import { columnOf, fieldOf } from '../names.ts';

/**
 * Names in TypeScript are fields, in SQL columns. Kysely's own spelling has no way back: it takes `vatID` for `vat_id`,
 * and reads that as `vatId`.
 */
export class NamesPlugin extends CamelCasePlugin {
  // A database has few names, and every row of every answer has them.
  readonly #columns = new Map<string, string>();
  readonly #fields = new Map<string, string>();

  constructor() {
    // Keys inside json columns are data, not names.
    super({ maintainNestedObjectKeys: true });
  }

  protected override snakeCase(name: string): string {
    return remembered(this.#columns, name, columnOf);
  }

  protected override camelCase(name: string): string {
    return remembered(this.#fields, name, fieldOf);
  }
}

function remembered(known: Map<string, string>, name: string, spell: (name: string) => string): string {
  let spelt = known.get(name);
  if (spelt === undefined) known.set(name, (spelt = spell(name)));
  return spelt;
}
