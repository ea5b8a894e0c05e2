import { everyItem, type RequestOptions, segment, type Send } from './http.ts';

export interface CreatePreference {
  readonly locale?: string | undefined;
  readonly currency?: string | undefined;
  readonly marketingEmails?: boolean | undefined;
}

export interface CreateProfile {
  readonly displayName: string;
  readonly bio?: string | null | undefined;
  readonly avatarUrl?: string | null | undefined;
  readonly languages?: readonly string[] | undefined;
  readonly host?: boolean | undefined;
}

export interface Preference {
  readonly id: string;
  readonly owner: string;
  readonly locale: string;
  readonly currency: string;
  readonly marketingEmails: boolean;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface PreferencePage {
  readonly items: readonly Preference[];
  readonly nextCursor: string | null;
}

export interface Profile {
  readonly id: string;
  readonly owner: string;
  readonly displayName: string;
  readonly bio: string | null;
  readonly avatarUrl: string | null;
  readonly languages: readonly string[];
  readonly host: boolean;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ProfilePage {
  readonly items: readonly Profile[];
  readonly nextCursor: string | null;
}

export interface UpdatePreference {
  readonly locale?: string | undefined;
  readonly currency?: string | undefined;
  readonly marketingEmails?: boolean | undefined;
}

export interface UpdateProfile {
  readonly displayName?: string | undefined;
  readonly bio?: string | null | undefined;
  readonly avatarUrl?: string | null | undefined;
  readonly languages?: readonly string[] | undefined;
  readonly host?: boolean | undefined;
}

export interface ListPreferencesQuery {
  /** How many items at most. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Minus: descending. */
  readonly sort?: 'createdAt' | '-createdAt' | 'updatedAt' | '-updatedAt' | 'locale' | '-locale' | undefined;
  readonly owner?: string | undefined;
  readonly locale?: string | undefined;
  readonly currency?: string | undefined;
  readonly marketingEmails?: boolean | undefined;
}

export interface ListProfilesQuery {
  /** How many items at most. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Minus: descending. */
  readonly sort?:
    | 'createdAt'
    | '-createdAt'
    | 'updatedAt'
    | '-updatedAt'
    | 'displayName'
    | '-displayName'
    | undefined;
  readonly owner?: string | undefined;
  readonly displayName?: string | undefined;
  readonly languages?: string | undefined;
  readonly host?: boolean | undefined;
}

export const preferences = (send: Send) => ({
  /** List preferences. */
  list: (query: ListPreferencesQuery = {}, options?: RequestOptions): Promise<PreferencePage> =>
    send({ method: 'GET', path: '/api/v1/preferences', query, options }),

  /** List preferences: all of them, page after page. */
  all: (query: ListPreferencesQuery = {}, options?: RequestOptions) =>
    everyItem((next: ListPreferencesQuery) => preferences(send).list(next, options), query),

  /** Create a preference. */
  create: (body: CreatePreference, options?: RequestOptions): Promise<Preference> =>
    send({ method: 'POST', path: '/api/v1/preferences', body, options }),

  /** Get a preference. */
  get: (id: string, options?: RequestOptions): Promise<Preference> =>
    send({ method: 'GET', path: `/api/v1/preferences/${segment(id)}`, options }),

  /** Change a preference. */
  update: (id: string, body: UpdatePreference, options?: RequestOptions): Promise<Preference> =>
    send({ method: 'PATCH', path: `/api/v1/preferences/${segment(id)}`, body, options }),

  /** Delete a preference. */
  delete: (id: string, options?: RequestOptions): Promise<void> =>
    send({ method: 'DELETE', path: `/api/v1/preferences/${segment(id)}`, options }),
});

export const profiles = (send: Send) => ({
  /** List profiles. */
  list: (query: ListProfilesQuery = {}, options?: RequestOptions): Promise<ProfilePage> =>
    send({ method: 'GET', path: '/api/v1/profiles', query, options }),

  /** List profiles: all of them, page after page. */
  all: (query: ListProfilesQuery = {}, options?: RequestOptions) =>
    everyItem((next: ListProfilesQuery) => profiles(send).list(next, options), query),

  /** Create a profile. */
  create: (body: CreateProfile, options?: RequestOptions): Promise<Profile> =>
    send({ method: 'POST', path: '/api/v1/profiles', body, options }),

  /** Get a profile. */
  get: (id: string, options?: RequestOptions): Promise<Profile> =>
    send({ method: 'GET', path: `/api/v1/profiles/${segment(id)}`, options }),

  /** Change a profile. */
  update: (id: string, body: UpdateProfile, options?: RequestOptions): Promise<Profile> =>
    send({ method: 'PATCH', path: `/api/v1/profiles/${segment(id)}`, body, options }),

  /** Delete a profile. */
  delete: (id: string, options?: RequestOptions): Promise<void> =>
    send({ method: 'DELETE', path: `/api/v1/profiles/${segment(id)}`, options }),
});
