/** What listing-service offers, from its OpenAPI document. hometrip generate renders it again when that changes. */
import { defineCallee, operation } from '@hometrip/runtime';

export interface BlockedDate {
  readonly id: string;
  readonly owner: string;
  readonly listingId: string;
  readonly from: string;
  readonly to: string;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface BlockedDatePage {
  readonly items: readonly BlockedDate[];
  readonly nextCursor: string | null;
}

export interface CreateBlockedDate {
  readonly listingId: string;
  readonly from: string;
  readonly to: string;
}

export interface CreateListing {
  readonly title: string;
  readonly description: string;
  readonly propertyType: 'apartment' | 'house' | 'room' | 'villa' | 'cabin';
  readonly city: string;
  readonly country: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly maxGuests: number;
  readonly bedrooms?: number | undefined;
  readonly amenities?: readonly string[] | undefined;
  readonly nightlyPrice: number;
  readonly currency?: string | undefined;
  readonly status?: 'draft' | 'published' | 'suspended' | undefined;
}

export interface CreatePhoto {
  readonly listingId: string;
  readonly url: string;
  readonly caption?: string | null | undefined;
  readonly position?: number | undefined;
}

export interface Listing {
  readonly id: string;
  readonly owner: string;
  readonly title: string;
  readonly description: string;
  readonly propertyType: 'apartment' | 'house' | 'room' | 'villa' | 'cabin';
  readonly city: string;
  readonly country: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly maxGuests: number;
  readonly bedrooms: number;
  readonly amenities: readonly string[];
  readonly nightlyPrice: number;
  readonly currency: string;
  readonly status: 'draft' | 'published' | 'suspended';
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ListingPage {
  readonly items: readonly Listing[];
  readonly nextCursor: string | null;
}

export interface Photo {
  readonly id: string;
  readonly owner: string;
  readonly listingId: string;
  readonly url: string;
  readonly caption: string | null;
  readonly position: number;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface PhotoPage {
  readonly items: readonly Photo[];
  readonly nextCursor: string | null;
}

export interface UpdateBlockedDate {
  readonly listingId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface UpdateListing {
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly propertyType?: 'apartment' | 'house' | 'room' | 'villa' | 'cabin' | undefined;
  readonly city?: string | undefined;
  readonly country?: string | undefined;
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
  readonly maxGuests?: number | undefined;
  readonly bedrooms?: number | undefined;
  readonly amenities?: readonly string[] | undefined;
  readonly nightlyPrice?: number | undefined;
  readonly currency?: string | undefined;
  readonly status?: 'draft' | 'published' | 'suspended' | undefined;
}

export interface UpdatePhoto {
  readonly listingId?: string | undefined;
  readonly url?: string | undefined;
  readonly caption?: string | null | undefined;
  readonly position?: number | undefined;
}

export interface ListBlockedDatesQuery {
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
    | 'from'
    | '-from'
    | 'to'
    | '-to'
    | undefined;
  readonly owner?: string | undefined;
  readonly listingId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface ListListingsQuery {
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
    | 'title'
    | '-title'
    | 'city'
    | '-city'
    | 'country'
    | '-country'
    | 'latitude'
    | '-latitude'
    | 'longitude'
    | '-longitude'
    | 'maxGuests'
    | '-maxGuests'
    | 'bedrooms'
    | '-bedrooms'
    | 'nightlyPrice'
    | '-nightlyPrice'
    | undefined;
  readonly owner?: string | undefined;
  readonly title?: string | undefined;
  readonly propertyType?: 'apartment' | 'house' | 'room' | 'villa' | 'cabin' | undefined;
  readonly city?: string | undefined;
  readonly country?: string | undefined;
  readonly maxGuests?: number | undefined;
  readonly bedrooms?: number | undefined;
  readonly amenities?: string | undefined;
  readonly currency?: string | undefined;
  readonly status?: 'draft' | 'published' | 'suspended' | undefined;
}

export interface ListPhotosQuery {
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
    | 'position'
    | '-position'
    | undefined;
  readonly owner?: string | undefined;
  readonly listingId?: string | undefined;
  readonly caption?: string | undefined;
  readonly position?: number | undefined;
}

export const listingService = defineCallee('listing-service', {
  /** List blocked dates. */
  listBlockedDates: operation<{ readonly query?: ListBlockedDatesQuery | undefined }, BlockedDatePage>(
    'GET',
    '/api/v1/blocked-dates',
  ),

  /** Create a blocked date. */
  createBlockedDate: operation<{ readonly body: CreateBlockedDate }, BlockedDate, 'idempotencyKey'>(
    'POST',
    '/api/v1/blocked-dates',
  ),

  /** Get a blocked date. */
  getBlockedDate: operation<{ readonly id: string }, BlockedDate>('GET', '/api/v1/blocked-dates/{id}'),

  /** Change a blocked date. */
  updateBlockedDate: operation<
    { readonly id: string; readonly body: UpdateBlockedDate },
    BlockedDate,
    'ifMatch'
  >('PATCH', '/api/v1/blocked-dates/{id}'),

  /** Delete a blocked date. */
  deleteBlockedDate: operation<{ readonly id: string }, void, 'ifMatch'>(
    'DELETE',
    '/api/v1/blocked-dates/{id}',
  ),

  /** List listings. */
  listListings: operation<{ readonly query?: ListListingsQuery | undefined }, ListingPage>(
    'GET',
    '/api/v1/listings',
  ),

  /** Create a listing. */
  createListing: operation<{ readonly body: CreateListing }, Listing, 'idempotencyKey'>(
    'POST',
    '/api/v1/listings',
  ),

  /** Get a listing. */
  getListing: operation<{ readonly id: string }, Listing>('GET', '/api/v1/listings/{id}'),

  /** Change a listing. */
  updateListing: operation<{ readonly id: string; readonly body: UpdateListing }, Listing, 'ifMatch'>(
    'PATCH',
    '/api/v1/listings/{id}',
  ),

  /** Delete a listing. */
  deleteListing: operation<{ readonly id: string }, void, 'ifMatch'>('DELETE', '/api/v1/listings/{id}'),

  /** List photos. */
  listPhotos: operation<{ readonly query?: ListPhotosQuery | undefined }, PhotoPage>('GET', '/api/v1/photos'),

  /** Create a photo. */
  createPhoto: operation<{ readonly body: CreatePhoto }, Photo, 'idempotencyKey'>('POST', '/api/v1/photos'),

  /** Get a photo. */
  getPhoto: operation<{ readonly id: string }, Photo>('GET', '/api/v1/photos/{id}'),

  /** Change a photo. */
  updatePhoto: operation<{ readonly id: string; readonly body: UpdatePhoto }, Photo, 'ifMatch'>(
    'PATCH',
    '/api/v1/photos/{id}',
  ),

  /** Delete a photo. */
  deletePhoto: operation<{ readonly id: string }, void, 'ifMatch'>('DELETE', '/api/v1/photos/{id}'),
});
