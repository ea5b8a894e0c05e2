export { documentRepository, type DocumentRepositoryOptions } from './documents.ts';
export { ownedRecord } from './owned-record.ts';
export type {
  Changes,
  FiltersOf,
  FilterValue,
  IfRevision,
  NewEntity,
  Repository,
  RepositoryOptions,
  RepositoryQuery,
  Stored,
} from './port.ts';
export { sqlRepository, type SqlRepositoryOptions } from './sql.ts';
