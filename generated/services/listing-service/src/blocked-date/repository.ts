import { type Platform, type Repository, sqlRepository, type Tx } from '@hometrip/runtime';
import { type BlockedDate, BlockedDateFilters, blockedDateSortKeys } from './schema.ts';

export const blockedDates = ({ db }: Platform<'sql'>): Repository<BlockedDate, Tx> =>
  sqlRepository<BlockedDate>(db, {
    table: 'blocked_date',
    sortable: blockedDateSortKeys,
    filterable: BlockedDateFilters,
  });
