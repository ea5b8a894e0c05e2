import { type Platform, type Repository, sqlRepository, type Tx } from '@hometrip/runtime';
import { type Preference, PreferenceFilters, preferenceSortKeys } from './schema.ts';

export const preferences = ({ db }: Platform<'sql'>): Repository<Preference, Tx> =>
  sqlRepository<Preference>(db, {
    table: 'preference',
    sortable: preferenceSortKeys,
    filterable: PreferenceFilters,
    texts: ['locale'],
  });
