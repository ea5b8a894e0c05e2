/** How an index lies in its table: a column for each way a field is asked for, named by its kind, `k_city`. */
import type { FieldDefinition, GeoPoint, IndexDefinition, Operation } from '../port.ts';
import { foldedWordsOf } from '../words.ts';

export type Language = 'simple' | 'english';

export interface Column {
  readonly name: string;
  readonly type: string;
  /** The access method of its index. */
  readonly using?: 'gin' | 'gist' | 'btree';
  /** From the column of the same name of a JSON record, `r`. */
  readonly recordType: string;
  readonly expression: string;
}

const plain = (name: string, type: string, using?: Column['using']): Column => ({
  name,
  type,
  recordType: type.replace(/ collate .*/, ''),
  expression: `r."${name}"`,
  ...(using === undefined ? {} : { using }),
});

const vector = (name: string, language: Language): Column => ({
  name,
  type: 'tsvector',
  using: 'gin',
  recordType: 'text',
  expression: `to_tsvector('${language}', unaccent(r."${name}"))`,
});

export const languageOf = (field: FieldDefinition | undefined): Language =>
  field?.type === 'text' && field.language === 'english' ? 'english' : 'simple';

/** The column with the field's words. Its name holds the language: another language is another definition. */
export const textColumn = (name: string, field: FieldDefinition | undefined): string =>
  `${languageOf(field) === 'english' ? 'e' : 't'}_${name}`;

export function columnsOf(name: string, field: FieldDefinition): readonly Column[] {
  switch (field.type) {
    case 'text':
      return [
        vector(textColumn(name, field), languageOf(field)),
        ...(field.suggest === true ? [vector(`p_${name}`, 'simple')] : []),
      ];
    case 'keyword':
      return [plain(`k_${name}`, 'text[] collate "C"', 'gin')];
    case 'number':
      return [plain(`n_${name}`, 'float8', 'btree')];
    case 'boolean':
      return [plain(`b_${name}`, 'boolean')];
    case 'date':
      return [plain(`d_${name}`, 'timestamptz', 'btree')];
    case 'geo':
      return [
        { ...plain(`g_${name}`, 'cube', 'gist'), recordType: 'text', expression: `r."g_${name}"::cube` },
        plain(`lat_${name}`, 'float8', 'btree'),
        plain(`lon_${name}`, 'float8'),
      ];
    case 'stored':
      return [];
  }
}

export const allColumns = ({ fields }: IndexDefinition): readonly Column[] =>
  Object.keys(fields)
    .sort()
    .flatMap((name) => columnsOf(name, fields[name] as FieldDefinition));

/** Earth's mean radius in metres, as Elasticsearch has it. */
export const RADIUS = 6_371_008.7714;

/** On the sphere in three dimensions: chords grow with arcs, so a cube index finds and orders neighbours. */
export function cubeOf({ lat, lon }: GeoPoint): string {
  const [phi, lambda] = [(lat * Math.PI) / 180, (lon * Math.PI) / 180];
  const around = RADIUS * Math.cos(phi);
  return `(${around * Math.cos(lambda)}, ${around * Math.sin(lambda)}, ${RADIUS * Math.sin(phi)})`;
}

const list = (value: unknown): readonly string[] => (Array.isArray(value) ? value : [value]) as string[];

/** What goes into the columns, as a JSON record. */
export function recordOf(
  { fields }: IndexDefinition,
  { id, version, source }: Operation,
): Record<string, unknown> {
  const record: Record<string, unknown> = { id, version, body: source };
  for (const [name, value] of Object.entries(source ?? {})) {
    if (value === null || value === undefined) continue;
    // A document from before the definition changed may have what is no field any more.
    const field = fields[name] ?? { type: 'stored' };
    if (field.type === 'text') {
      const words = foldedWordsOf(list(value).join(' ')).join(' ');
      for (const column of columnsOf(name, field)) record[column.name] = words;
    } else if (field.type === 'keyword') {
      record[`k_${name}`] = [...new Set(list(value))];
    } else if (field.type === 'geo') {
      const point = value as GeoPoint;
      record[`g_${name}`] = cubeOf(point);
      record[`lat_${name}`] = point.lat;
      record[`lon_${name}`] = point.lon;
    } else {
      for (const column of columnsOf(name, field)) record[column.name] = value;
    }
  }
  return record;
}
