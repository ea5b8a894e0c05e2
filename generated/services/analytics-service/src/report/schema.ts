import { entity, patchOf, z } from '@hometrip/runtime';

/** What clients say about reports. */
const input = {
  name: z.string().min(1).max(120),
  metric: z.enum(['users', 'listings', 'bookings', 'revenue', 'reviews']),
  from: z.iso.date(),
  to: z.iso.date(),
};

export const Report = entity('Report', {
  ...input,
});
export type Report = z.output<typeof Report>;

export const CreateReport = z.strictObject({ ...input }).meta({ id: 'CreateReport' });

export const UpdateReport = patchOf(z.strictObject(input)).meta({ id: 'UpdateReport' });

/** Lists take these as equality filters. */
export const ReportFilters = z.object({
  name: z.string().min(1).max(120).optional(),
  metric: z.enum(['users', 'listings', 'bookings', 'revenue', 'reviews']).optional(),
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
});

/** Lists are sorted by one of these; a minus before it turns the order round. */
export const reportSortKeys = ['createdAt', 'updatedAt', 'name', 'from', 'to'] as const;
