import { entity, field, filtersOf, patchOf, z } from '@hometrip/runtime';

/** What clients say about reports. */
const input = {
  name: field.text(120),
  metric: z.enum(['users', 'listings', 'bookings', 'revenue', 'reviews']),
  from: field.day(),
  to: field.day(),
};

export const Report = entity('Report', {
  ...input,
});
export type Report = z.output<typeof Report>;

export const CreateReport = z.strictObject({ ...input }).meta({ id: 'CreateReport' });

export const UpdateReport = patchOf(z.strictObject(input)).meta({ id: 'UpdateReport' });

/** Lists take these as equality filters. */
export const ReportFilters = filtersOf(Report, ['name', 'metric', 'from', 'to']);

/** Lists are sorted by one of these; a minus before it turns the order round. */
export const reportSortKeys = ['createdAt', 'updatedAt', 'name', 'from', 'to'] as const;
