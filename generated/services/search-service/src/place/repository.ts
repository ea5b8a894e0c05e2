import { documentRepository, type DocumentTx, type Platform, type Repository } from '@hometrip/runtime';
import { type Place, PlaceFilters, placeSortKeys } from './schema.ts';

export const places = ({ documents }: Platform<'documents'>): Repository<Place, DocumentTx> =>
  documentRepository<Place>(documents, {
    collection: 'place',
    sortable: placeSortKeys,
    filterable: PlaceFilters,
  });
