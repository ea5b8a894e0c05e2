import { type Platform, type Repository, sqlRepository, type Tx } from '@hometrip/runtime';
import { type Photo, PhotoFilters, photoSortKeys } from './schema.ts';

export const photos = ({ db }: Platform<'sql'>): Repository<Photo, Tx> =>
  sqlRepository<Photo>(db, { table: 'photo', sortable: photoSortKeys, filterable: PhotoFilters });
