import { documentRepository, type DocumentTx, type Platform, type Repository } from '@hometrip/runtime';
import { type Report, ReportFilters, reportSortKeys } from './schema.ts';

export const reports = ({ documents }: Platform<'documents'>): Repository<Report, DocumentTx> =>
  documentRepository<Report>(documents, {
    collection: 'report',
    sortable: reportSortKeys,
    filterable: ReportFilters,
  });
