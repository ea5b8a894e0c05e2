/** From words as typed to tsqueries over what occurs in the table. */
import { sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import { allowedEdits, foldedWordsOf, within } from '../words.ts';
import type { Language } from './columns.ts';
import { wordsTable } from './schema.ts';

/** How many words one with a typing error may stand for; Elasticsearch's own default. */
const EXPANSIONS = 50;
/** How many of the most similar words are looked at for that. */
const CANDIDATES = 200;

/** A word in one language. */
export interface Term {
  /** tsquery of the word as typed; undefined when the language ignores it. */
  readonly exact: string | undefined;
  /** With all words that it may stand for. */
  readonly loose: string | undefined;
}

export async function termsOf(
  db: Db,
  table: string,
  language: Language,
  words: readonly string[],
  { fuzzy, prefix }: { fuzzy: boolean; prefix: boolean },
): Promise<readonly Term[]> {
  if (words.length === 0) return [];
  const { rows } = await sql<{ lexemes: string[] }>`
    select tsvector_to_array(to_tsvector(${sql.lit(language)}, unaccent(word))) as lexemes
    from unnest(${words.map((word) => foldedWordsOf(word).join(' '))}::text[]) with ordinality as typed (word, at) order by at`.execute(
    db,
  );
  const wanted = [...new Set(rows.flatMap(({ lexemes }) => lexemes))].filter(
    (word) => allowedEdits(word) > 0,
  );
  const similar =
    fuzzy && wanted.length > 0 ? await similarTo(db, table, language, wanted, prefix) : undefined;
  const star = prefix ? ':*' : '';
  return rows.map(({ lexemes }) => {
    if (lexemes.length === 0) return { exact: undefined, loose: undefined };
    const exact = lexemes.map((word) => quote(word) + star);
    const loose = lexemes.map((word, at) => {
      const others = similar?.get(word) ?? [];
      return `(${[exact[at], ...others.map(quote)].join(' | ')})`;
    });
    return { exact: exact.join(' & '), loose: loose.join(' & ') };
  });
}

/** Similarity of trigrams narrows down, edits decide. */
async function similarTo(
  db: Db,
  table: string,
  language: Language,
  wanted: readonly string[],
  prefix: boolean,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const begins = wanted.map((word) => String.fromCodePoint(word.codePointAt(0) as number));
  const ends = begins.map(following);
  const edits = wanted.map(allowedEdits);
  const compared = prefix ? sql`left(w.word, char_length(l.word))` : sql`w.word`;
  const longest = prefix ? sql`` : sql`and char_length(w.word) <= char_length(l.word) + l.edits`;
  const { rows } = await sql<{ typed: string; word: string }>`
    select l.word as typed, c.word
    from unnest(${wanted}::text[], ${begins}::text[], ${ends}::text[], ${edits}::int[]) as l (word, low, high, edits)
    cross join lateral (
      select w.word from ${sql.raw(`"${wordsTable(table)}"`)} w
      where w.language = ${language} and w.word >= l.low and w.word < l.high and w.word <> l.word
        and char_length(w.word) >= char_length(l.word) - l.edits ${longest}
      order by similarity(${compared}, l.word) desc, w.word limit ${CANDIDATES}) c`.execute(db);
  const found = new Map<string, string[]>();
  for (const distance of [1, 2] as const) {
    for (const { typed, word } of rows) {
      const known = found.get(typed) ?? [];
      if (distance > allowedEdits(typed) || known.length >= EXPANSIONS || known.includes(word)) continue;
      if (prefix ? beginsLike(distance, typed, word) : within(distance, typed, word))
        found.set(typed, [...known, word]);
    }
  }
  return found;
}

function beginsLike(edits: number, typed: string, word: string): boolean {
  const letters = [...word];
  const { length } = [...typed];
  for (let cut = Math.max(1, length - edits); cut <= Math.min(letters.length, length + edits); cut += 1) {
    if (within(edits, typed, letters.slice(0, cut).join(''))) return true;
  }
  return false;
}

/** The first text after all that begin with this character, in the order of code points. */
function following(character: string): string {
  const code = (character.codePointAt(0) as number) + 1;
  return String.fromCodePoint(code === 0xd800 ? 0xe000 : Math.min(code, 0x10ffff));
}

const quote = (word: string): string => `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
