/** What may be declared, stored and asked. Mistakes of the service's own code: they throw TypeErrors that say what is wrong. */
import { isText } from '../http/text.ts';
import type { FieldDefinition, Filter, GeoPoint, IndexDefinition, Operation } from './port.ts';

const INDEX = /^[a-z][a-z0-9-]{0,29}$/;
/** No underscore: names with one belong to the adapters. */
const FIELD = /^[a-z][A-Za-z0-9]{0,39}$/;
/** Characters; of ids and keywords also bytes, which is what Elasticsearch takes as an id, and an index of PostgreSQL as an item. */
const LONGEST = { id: 256, idBytes: 512, keyword: 1_024, keywordBytes: 2_600, text: 100_000 } as const;
const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/;

export function assertDefinition({ name, fields }: IndexDefinition): void {
  if (!INDEX.test(name))
    throw new TypeError(`“${name}” is not a name for an index: use lower case, digits and -, up to 30.`);
  for (const [field, definition] of Object.entries(fields)) {
    if (!FIELD.test(field))
      throw new TypeError(
        `“${field}” is not a name for a field of ${name}: use letters and digits, up to 40.`,
      );
    if (definition.type === 'text' && !((definition.weight ?? 1) > 0))
      throw new TypeError(`The weight of ${field} in ${name} must be above 0.`);
  }
}

export function assertOperation(index: IndexDefinition, { id, version, source }: Operation): void {
  const at = `document ${JSON.stringify(id)} of ${index.name}`;
  if (id === '' || id.length > LONGEST.id || Buffer.byteLength(id) > LONGEST.idBytes || !isText(id))
    throw new TypeError(`${at}: its id must be a text of up to 256 characters and 512 bytes.`);
  if (!Number.isSafeInteger(version) || version < 1)
    throw new TypeError(`${at}: its version must be a whole number from 1.`);
  for (const [name, value] of Object.entries(source ?? {})) {
    const field = Object.hasOwn(index.fields, name) ? index.fields[name] : undefined;
    if (field === undefined) throw new TypeError(`${at}: the field ${name} is not declared.`);
    if (value === null || value === undefined) continue;
    const wrong = mistake(field, value);
    if (wrong !== undefined) throw new TypeError(`${at}: ${name} ${wrong}.`);
  }
}

function mistake(field: FieldDefinition, value: unknown): string | undefined {
  switch (field.type) {
    case 'text': {
      if (field.suggest === true)
        return isShort(value, LONGEST.keyword) ? undefined : 'must be a text of up to 1,024';
      // All of them are one list of words, which PostgreSQL keeps within a megabyte.
      return items(value).every((item) => isShort(item, LONGEST.text)) &&
        items(value).join(' ').length <= LONGEST.text
        ? undefined
        : 'must be a text, or texts, of up to 100,000 characters together';
    }
    case 'keyword':
      return items(value).every(
        (item) => isShort(item, LONGEST.keyword) && Buffer.byteLength(item as string) <= LONGEST.keywordBytes,
      )
        ? undefined
        : 'must be a text of up to 1,024 characters and 2,600 bytes, or a list of them';
    case 'stored':
      return undefined;
    default:
      return isValue(field, value) ? undefined : `is not a ${field.type}`;
  }
}

const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const isShort = (value: unknown, longest: number): boolean =>
  typeof value === 'string' && value.length <= longest && isText(value);

function isValue({ type }: FieldDefinition, value: unknown): boolean {
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value);
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'date') return typeof value === 'string' && isDate(value);
  if (type === 'geo') return isPoint(value);
  return typeof value === 'string' && isText(value);
}

function isDate(text: string): boolean {
  // The second half refuses the 30th of February, which JavaScript would carry over into March.
  return INSTANT.test(text) && !Number.isNaN(Date.parse(text)) && instant(text).startsWith(text.slice(0, 10));
}

/** `2026-07-01` → `2026-07-01T00:00:00.000Z` */
export const instant = (value: unknown): string => new Date(String(value)).toISOString();

function isPoint(value: unknown): value is GeoPoint {
  const { lat, lon } = (value ?? {}) as Partial<GeoPoint>;
  return between(lat, 90) && between(lon, 180);
}

const between = (value: unknown, bound: number): boolean =>
  typeof value === 'number' && value >= -bound && value <= bound;

const TYPES: Readonly<
  Record<Exclude<Filter, { not: Filter }>['operator'], readonly FieldDefinition['type'][]>
> = {
  equal: ['keyword', 'number', 'boolean', 'date'],
  in: ['keyword', 'number', 'boolean', 'date'],
  range: ['number', 'date'],
  near: ['geo'],
  box: ['geo'],
};

export function assertFilter(index: IndexDefinition, filter: Exclude<Filter, { not: Filter }>): void {
  const { field, operator } = filter;
  const definition = Object.hasOwn(index.fields, field) ? index.fields[field] : undefined;
  if (definition === undefined || !TYPES[operator].includes(definition.type))
    throw new TypeError(
      `${operator} does not fit ${field} of the index ${index.name} (${definition?.type ?? 'not declared'}).`,
    );
  const fits = ((): boolean => {
    if (operator === 'near')
      return isPoint(filter.point) && filter.meters >= 0 && Number.isFinite(filter.meters);
    if (operator === 'box')
      return (
        between(filter.north, 90) &&
        between(filter.south, 90) &&
        filter.south <= filter.north &&
        between(filter.east, 180) &&
        between(filter.west, 180)
      );
    if (operator === 'in') return filter.value.every((value) => isValue(definition, value));
    if (operator === 'equal') return isValue(definition, filter.value);
    const bounds = [filter.gt, filter.gte, filter.lt, filter.lte].filter((bound) => bound !== undefined);
    return bounds.every((bound) => isValue(definition, bound));
  })();
  if (!fits)
    throw new TypeError(
      `${operator} of ${field} in ${index.name} has a value that is no ${definition.type}.`,
    );
}
