import { type Platform, type Repository, sqlRepository, type Tx } from '@hometrip/runtime';
import { type Listing, ListingFilters, listingSortKeys } from './schema.ts';

export const listings = ({ db }: Platform<'sql'>): Repository<Listing, Tx> =>
  sqlRepository<Listing>(db, {
    table: 'listing',
    sortable: listingSortKeys,
    filterable: ListingFilters,
    lists: ['amenities'],
    texts: ['title', 'city', 'country'],
  });
