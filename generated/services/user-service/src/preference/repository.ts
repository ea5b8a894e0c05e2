import { type Platform, type Repository, sqlRepository, type Tx } from '@hometrip/runtime';
import { type Preference, preferenceSortKeys } from './schema.ts';

export const preferences = ({ db }: Platform<'sql'>): Repository<Preference, Tx> =>
  sqlRepository<Preference>(db, {
    table: 'preference',
    sortable: preferenceSortKeys,
    filterable: ['owner', 'locale', 'currency', 'marketingEmails'],
    texts: ['locale'],
  });
