/** An index as settings and mappings. */
import type { FieldDefinition, IndexDefinition, Source } from '../port.ts';
import { LONGEST_BEGINNING } from '../query.ts';
import { LONGEST } from '../words.ts';

/** The id again: `_id` itself cannot be sorted by. */
export const ID = 'doc_id';
/** Deletions stay as documents with a version, since the server itself forgets them after a minute. */
export const DELETED_AT = 'doc_deleted_at';

export const SETTINGS = {
  number_of_shards: 1,
  auto_expand_replicas: '0-1',
  // What is really deleted is a deletion that was remembered long enough already.
  gc_deletes: '1s',
  analysis: {
    // The same words as wordsOf(), and unaccent's folding.
    char_filter: { marks: { type: 'pattern_replace', pattern: '\\p{M}+', replacement: '' } },
    tokenizer: { words: { type: 'pattern', pattern: '[^\\p{L}\\p{N}]+' } },
    filter: {
      // A document with a word of more than 32,766 bytes would be refused.
      longest: { type: 'truncate', length: LONGEST },
      english_ignored: { type: 'stop', stopwords: '_english_' },
      english_forms: { type: 'stemmer', language: 'porter2' },
      beginnings: { type: 'edge_ngram', min_gram: 1, max_gram: LONGEST_BEGINNING },
    },
    analyzer: {
      simple_words: analyzer(),
      english_words: analyzer('english_ignored', 'english_forms'),
      beginnings: analyzer('beginnings'),
    },
  },
};

function analyzer(...filters: string[]) {
  return {
    type: 'custom',
    char_filter: ['marks'],
    tokenizer: 'words',
    filter: ['lowercase', 'longest', 'asciifolding', ...filters],
  };
}

export const mappingOf = ({ fields }: IndexDefinition) => ({
  dynamic: false,
  properties: {
    [ID]: { type: 'keyword' },
    [DELETED_AT]: { type: 'date', format: 'epoch_millis' },
    ...Object.fromEntries(
      Object.keys(fields)
        .sort()
        .map((name) => [name, fieldMapping(fields[name] as FieldDefinition)]),
    ),
  },
});

function fieldMapping(field: FieldDefinition): object {
  switch (field.type) {
    case 'text':
      return {
        type: 'text',
        analyzer: field.language === 'english' ? 'english_words' : 'simple_words',
        ...(field.suggest === true
          ? {
              fields: {
                raw: { type: 'keyword' },
                beginning: { type: 'text', analyzer: 'beginnings', search_analyzer: 'simple_words' },
              },
            }
          : {}),
      };
    case 'number':
      return { type: 'double' };
    case 'date':
      return { type: 'date', format: 'strict_date_optional_time' };
    case 'geo':
      return { type: 'geo_point' };
    case 'stored':
      return { type: 'object', enabled: false };
    default:
      return { type: field.type };
  }
}

export function sourceOf(stored: Record<string, unknown>): Source {
  const { [ID]: _, ...source } = stored;
  return source;
}
