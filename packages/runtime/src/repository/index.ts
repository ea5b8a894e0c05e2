export { documentRepository, type DocumentRepositoryOptions } from './documents.ts';
export { ownReference } from './own-reference.ts';
export type {
  Changes,
  FilterValue,
  IfRevision,
  NewEntity,
  Repository,
  RepositoryOptions,
  RepositoryQuery,
  Stored,
} from './port.ts';
export { sqlRepository, type SqlRepositoryOptions } from './sql.ts';
