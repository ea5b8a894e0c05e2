import { entity, field, filtersOf, patchOf, z } from '@hometrip/runtime';

/** What clients say about profiles. */
const input = {
  displayName: field.text(80),
  bio: field.text(20_000).nullable(),
  avatarUrl: field.webAddress().nullable(),
  languages: z.array(field.text(20)).max(100),
  host: z.boolean(),
};

export const Profile = entity('Profile', {
  owner: z.uuid(),
  ...input,
});
export type Profile = z.output<typeof Profile>;

export const CreateProfile = z
  .strictObject({
    ...input,
    bio: input.bio.default(null),
    avatarUrl: input.avatarUrl.default(null),
    languages: input.languages.default([]),
    host: input.host.default(false),
  })
  .meta({ id: 'CreateProfile' });

export const UpdateProfile = patchOf(z.strictObject(input)).meta({ id: 'UpdateProfile' });

/** Lists take these as equality filters. */
export const ProfileFilters = filtersOf(Profile, ['owner', 'displayName', 'languages', 'host']);

/** Lists are sorted by one of these; a minus before it turns the order round. */
export const profileSortKeys = ['createdAt', 'updatedAt', 'displayName'] as const;
