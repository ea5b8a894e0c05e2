import { type Platform, type Repository, sqlRepository, type Tx } from '@hometrip/runtime';
import { type Listing, listingSortKeys } from './schema.ts';

export const listings = ({ db }: Platform<'sql'>): Repository<Listing, Tx> =>
  sqlRepository<Listing>(db, {
    table: 'listing',
    sortable: listingSortKeys,
    filterable: [
      'owner',
      'title',
      'propertyType',
      'city',
      'country',
      'maxGuests',
      'bedrooms',
      'amenities',
      'currency',
      'status',
    ],
    lists: ['amenities'],
    texts: ['title', 'city', 'country'],
  });
