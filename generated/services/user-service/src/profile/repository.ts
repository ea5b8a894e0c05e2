import { type Platform, type Repository, sqlRepository, type Tx } from '@hometrip/runtime';
import { type Profile, profileSortKeys } from './schema.ts';

export const profiles = ({ db }: Platform<'sql'>): Repository<Profile, Tx> =>
  sqlRepository<Profile>(db, {
    table: 'profile',
    sortable: profileSortKeys,
    filterable: ['owner', 'displayName', 'languages', 'host'],
    lists: ['languages'],
    texts: ['displayName'],
  });
