import type { RequestOptions, Send } from './http.js';

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

export declare const preferences: (send: Send) => {
  /** List preferences. */
  readonly list: (query?: ListPreferencesQuery, options?: RequestOptions) => Promise<PreferencePage>;

  /** List preferences: all of them, page after page. */
  readonly all: (
    query?: ListPreferencesQuery,
    options?: RequestOptions,
  ) => AsyncGenerator<Preference, void, undefined>;

  /** Create a preference. */
  readonly create: (body: CreatePreference, options?: RequestOptions) => Promise<Preference>;

  /** Get a preference. */
  readonly get: (id: string, options?: RequestOptions) => Promise<Preference>;

  /** Change a preference. */
  readonly update: (id: string, body: UpdatePreference, options?: RequestOptions) => Promise<Preference>;

  /** Delete a preference. */
  readonly delete: (id: string, options?: RequestOptions) => Promise<void>;
};

export declare const profiles: (send: Send) => {
  /** List profiles. */
  readonly list: (query?: ListProfilesQuery, options?: RequestOptions) => Promise<ProfilePage>;

  /** List profiles: all of them, page after page. */
  readonly all: (
    query?: ListProfilesQuery,
    options?: RequestOptions,
  ) => AsyncGenerator<Profile, void, undefined>;

  /** Create a profile. */
  readonly create: (body: CreateProfile, options?: RequestOptions) => Promise<Profile>;

  /** Get a profile. */
  readonly get: (id: string, options?: RequestOptions) => Promise<Profile>;

  /** Change a profile. */
  readonly update: (id: string, body: UpdateProfile, options?: RequestOptions) => Promise<Profile>;

  /** Delete a profile. */
  readonly delete: (id: string, options?: RequestOptions) => Promise<void>;
};
