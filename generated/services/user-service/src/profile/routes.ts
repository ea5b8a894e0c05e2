import {
  created,
  IdParams,
  listQuery,
  noContent,
  ok,
  ownedBy,
  page,
  type Repository,
  type Route,
  route,
  type Tx,
} from '@hometrip/runtime';
import { CreateProfile, Profile, ProfileFilters, profileSortKeys, UpdateProfile } from './schema.ts';

interface Dependencies {
  readonly profiles: Repository<Profile, Tx>;
}

/** Profiles: everyone may read; signed-in users may create; the owner may change and delete. */
export const profileRoutes = ({ profiles }: Dependencies): Route[] => [
  route.get('/profiles', {
    summary: 'List profiles',
    tag: 'Profiles',
    auth: 'public',
    query: listQuery({ filters: ProfileFilters, sortable: profileSortKeys }),
    responses: { 200: page(Profile) },
    async handler({ query }) {
      return ok(await profiles.list(query));
    },
  }),

  route.post('/profiles', {
    summary: 'Create a profile',
    tag: 'Profiles',
    auth: 'user',
    idempotencyKey: true,
    body: CreateProfile,
    responses: { 201: Profile },
    problems: [409],
    async handler({ body, user }) {
      const profile = await profiles.insert({ ...body, owner: user.id });
      return created(profile, `/api/v1/profiles/${profile.id}`);
    },
  }),

  route.get('/profiles/:id', {
    summary: 'Get a profile',
    tag: 'Profiles',
    auth: 'public',
    params: IdParams,
    record: ({ params }) => profiles.get(params.id),
    responses: { 200: Profile },
    async handler({ record: profile }) {
      return ok(profile);
    },
  }),

  route.patch('/profiles/:id', {
    summary: 'Change a profile',
    tag: 'Profiles',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => profiles.get(params.id),
    authorize: ownedBy('owner', { otherwise: 403 }),
    body: UpdateProfile,
    responses: { 200: Profile },
    problems: [409],
    async handler({ params, body, ifMatch }) {
      const profile = await profiles.update(params.id, body, { revision: ifMatch });
      return ok(profile);
    },
  }),

  route.delete('/profiles/:id', {
    summary: 'Delete a profile',
    tag: 'Profiles',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => profiles.get(params.id),
    authorize: ownedBy('owner', { otherwise: 403 }),
    responses: { 204: null },
    async handler({ params, ifMatch }) {
      await profiles.delete(params.id, { revision: ifMatch });
      return noContent();
    },
  }),
];
