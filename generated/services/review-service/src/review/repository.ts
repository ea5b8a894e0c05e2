import { documentRepository, type DocumentTx, type Platform, type Repository } from '@hometrip/runtime';
import { type Review, reviewSortKeys } from './schema.ts';

export const reviews = ({ documents }: Platform<'documents'>): Repository<Review, DocumentTx> =>
  documentRepository<Review>(documents, {
    collection: 'review',
    sortable: reviewSortKeys,
    filterable: ['owner', 'bookingId', 'listingId', 'rating'],
    unique: [['bookingId', 'owner']],
  });
