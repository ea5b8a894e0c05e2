import { entity, field, filtersOf, patchOf, z } from '@hometrip/runtime';

/** What clients say about preferences. */
const input = {
  locale: field.text(10),
  currency: z.string().regex(/^[A-Z]{3}$/),
  marketingEmails: z.boolean(),
};

export const Preference = entity('Preference', {
  owner: z.uuid(),
  ...input,
});
export type Preference = z.output<typeof Preference>;

export const CreatePreference = z
  .strictObject({
    ...input,
    locale: input.locale.default('en'),
    currency: input.currency.default('EUR'),
    marketingEmails: input.marketingEmails.default(false),
  })
  .meta({ id: 'CreatePreference' });

export const UpdatePreference = patchOf(z.strictObject(input)).meta({ id: 'UpdatePreference' });

/** Lists take these as equality filters. */
export const PreferenceFilters = filtersOf(Preference, ['owner', 'locale', 'currency', 'marketingEmails']);

/** Lists are sorted by one of these; a minus before it turns the order round. */
export const preferenceSortKeys = ['createdAt', 'updatedAt', 'locale'] as const;
