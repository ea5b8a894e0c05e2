import pg from 'pg';

/**
 * How PostgreSQL values arrive in JavaScript, for one pool (never globally): what JSON would carry, so that a row is a
 * response body. Dates stay what they are in the database: `2026-07-01` has no time zone to be shifted by.
 */
const { builtins } = pg.types;
const ARRAYS = { date: 1182, int8: 1016, numeric: 1231, timestamptz: 1185 } as const;

type Parser = (text: string) => unknown;

const parsers = new Map<number, Parser>([
  [builtins.INT8, safeInteger],
  [builtins.NUMERIC, Number],
  [builtins.DATE, String],
  [builtins.TIMESTAMPTZ, isoInstant],
  [ARRAYS.int8, list(safeInteger)],
  [ARRAYS.numeric, list(Number)],
  [ARRAYS.date, list(String)],
  [ARRAYS.timestamptz, list(isoInstant)],
]);

export const valueTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    return (
      (format === 'binary' ? undefined : parsers.get(oid)) ?? pg.types.getTypeParser(oid, format as 'text')
    );
  },
};

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`The integer ${text} does not fit a JavaScript number.`);
  return value;
}

/**
 * `2026-07-01 10:00:00.5+00` → `2026-07-01T10:00:00.500Z`. Microseconds are kept when there are any: a keyset cursor made
 * of a rounded instant would skip or repeat rows. Other offsets than UTC occur only when somebody sets the time zone.
 */
function isoInstant(text: string): string {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?\+00$/.exec(text);
  if (match === null) {
    const date = new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
    return Number.isNaN(date.getTime()) ? text : date.toISOString();
  }
  const fraction = (match[3] ?? '').padEnd(6, '0');
  return `${match[1]}T${match[2]}.${fraction.endsWith('000') ? fraction.slice(0, 3) : fraction}Z`;
}

function list(parse: Parser): Parser {
  // 1009 is text[]: splits the literal, honours quoting and NULL.
  const split = pg.types.getTypeParser(1009 as number, 'text') as (text: string) => (string | null)[];
  return (text) => split(text).map((item) => (item === null ? null : parse(item)));
}
