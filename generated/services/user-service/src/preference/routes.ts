import {
  created,
  IdParams,
  isAdmin,
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
import {
  CreatePreference,
  Preference,
  PreferenceFilters,
  preferenceSortKeys,
  UpdatePreference,
} from './schema.ts';

interface Dependencies {
  readonly preferences: Repository<Preference, Tx>;
}

/** Preferences: the owner may read, change and delete; signed-in users may create. */
export const preferenceRoutes = ({ preferences }: Dependencies): Route[] => [
  route.get('/preferences', {
    summary: 'List preferences',
    tag: 'Preferences',
    auth: 'user',
    query: listQuery({ filters: PreferenceFilters, sortable: preferenceSortKeys }),
    responses: { 200: page(Preference) },
    async handler({ query, user }) {
      // Callers see their own; admins see all.
      const filters = isAdmin(user) ? query.filters : { ...query.filters, owner: user.id };
      return ok(await preferences.list({ ...query, filters }));
    },
  }),

  route.post('/preferences', {
    summary: 'Create a preference',
    tag: 'Preferences',
    auth: 'user',
    idempotencyKey: true,
    body: CreatePreference,
    responses: { 201: Preference },
    problems: [409],
    async handler({ body, user }) {
      const preference = await preferences.insert({ ...body, owner: user.id });
      return created(preference, `/api/v1/preferences/${preference.id}`);
    },
  }),

  route.get('/preferences/:id', {
    summary: 'Get a preference',
    tag: 'Preferences',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => preferences.get(params.id),
    authorize: ownedBy('owner'),
    responses: { 200: Preference },
    async handler({ record: preference }) {
      return ok(preference);
    },
  }),

  route.patch('/preferences/:id', {
    summary: 'Change a preference',
    tag: 'Preferences',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => preferences.get(params.id),
    authorize: ownedBy('owner'),
    body: UpdatePreference,
    responses: { 200: Preference },
    problems: [409],
    async handler({ params, body, ifMatch }) {
      const preference = await preferences.update(params.id, body, { revision: ifMatch });
      return ok(preference);
    },
  }),

  route.delete('/preferences/:id', {
    summary: 'Delete a preference',
    tag: 'Preferences',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => preferences.get(params.id),
    authorize: ownedBy('owner'),
    responses: { 204: null },
    async handler({ params, ifMatch }) {
      await preferences.delete(params.id, { revision: ifMatch });
      return noContent();
    },
  }),
];
