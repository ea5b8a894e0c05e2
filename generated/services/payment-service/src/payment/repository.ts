import { type Platform, type Repository, sqlRepository, type Tx } from '@hometrip/runtime';
import { type Payment, PaymentFilters, paymentSortKeys } from './schema.ts';

export const payments = ({ db }: Platform<'sql'>): Repository<Payment, Tx> =>
  sqlRepository<Payment>(db, { table: 'payment', sortable: paymentSortKeys, filterable: PaymentFilters });
