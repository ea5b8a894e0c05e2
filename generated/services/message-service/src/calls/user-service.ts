/** What user-service offers, from its OpenAPI document. hometrip generate renders it again when that changes. */
import { defineCallee, operation } from '@hometrip/runtime';

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

export const userService = defineCallee('user-service', {
  /** List preferences. */
  listPreferences: operation<{ readonly query?: ListPreferencesQuery | undefined }, PreferencePage>(
    'GET',
    '/api/v1/preferences',
  ),

  /** Create a preference. */
  createPreference: operation<{ readonly body: CreatePreference }, Preference, 'idempotencyKey'>(
    'POST',
    '/api/v1/preferences',
  ),

  /** Get a preference. */
  getPreference: operation<{ readonly id: string }, Preference>('GET', '/api/v1/preferences/{id}'),

  /** Change a preference. */
  updatePreference: operation<
    { readonly id: string; readonly body: UpdatePreference },
    Preference,
    'ifMatch'
  >('PATCH', '/api/v1/preferences/{id}'),

  /** Delete a preference. */
  deletePreference: operation<{ readonly id: string }, void, 'ifMatch'>('DELETE', '/api/v1/preferences/{id}'),

  /** List profiles. */
  listProfiles: operation<{ readonly query?: ListProfilesQuery | undefined }, ProfilePage>(
    'GET',
    '/api/v1/profiles',
  ),

  /** Create a profile. */
  createProfile: operation<{ readonly body: CreateProfile }, Profile, 'idempotencyKey'>(
    'POST',
    '/api/v1/profiles',
  ),

  /** Get a profile. */
  getProfile: operation<{ readonly id: string }, Profile>('GET', '/api/v1/profiles/{id}'),

  /** Change a profile. */
  updateProfile: operation<{ readonly id: string; readonly body: UpdateProfile }, Profile, 'ifMatch'>(
    'PATCH',
    '/api/v1/profiles/{id}',
  ),

  /** Delete a profile. */
  deleteProfile: operation<{ readonly id: string }, void, 'ifMatch'>('DELETE', '/api/v1/profiles/{id}'),
});
