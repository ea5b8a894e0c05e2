import { type Platform, type Repository, sqlRepository, type Tx } from '@hometrip/runtime';
import { type Profile, ProfileFilters, profileSortKeys } from './schema.ts';

export const profiles = ({ db }: Platform<'sql'>): Repository<Profile, Tx> =>
  sqlRepository<Profile>(db, {
    table: 'profile',
    sortable: profileSortKeys,
    filterable: ProfileFilters,
    lists: ['languages'],
    texts: ['displayName'],
  });
