import type { RequestOptions, Send } from './http.js';

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

export declare const blockedDates: (send: Send) => {
  /** List blocked dates. */
  readonly list: (query?: ListBlockedDatesQuery, options?: RequestOptions) => Promise<BlockedDatePage>;

  /** List blocked dates: all of them, page after page. */
  readonly all: (
    query?: ListBlockedDatesQuery,
    options?: RequestOptions,
  ) => AsyncGenerator<BlockedDate, void, undefined>;

  /** Create a blocked date. */
  readonly create: (body: CreateBlockedDate, options?: RequestOptions) => Promise<BlockedDate>;

  /** Get a blocked date. */
  readonly get: (id: string, options?: RequestOptions) => Promise<BlockedDate>;

  /** Change a blocked date. */
  readonly update: (id: string, body: UpdateBlockedDate, options?: RequestOptions) => Promise<BlockedDate>;

  /** Delete a blocked date. */
  readonly delete: (id: string, options?: RequestOptions) => Promise<void>;
};

export declare const listings: (send: Send) => {
  /** List listings. */
  readonly list: (query?: ListListingsQuery, options?: RequestOptions) => Promise<ListingPage>;

  /** List listings: all of them, page after page. */
  readonly all: (
    query?: ListListingsQuery,
    options?: RequestOptions,
  ) => AsyncGenerator<Listing, void, undefined>;

  /** Create a listing. */
  readonly create: (body: CreateListing, options?: RequestOptions) => Promise<Listing>;

  /** Get a listing. */
  readonly get: (id: string, options?: RequestOptions) => Promise<Listing>;

  /** Change a listing. */
  readonly update: (id: string, body: UpdateListing, options?: RequestOptions) => Promise<Listing>;

  /** Delete a listing. */
  readonly delete: (id: string, options?: RequestOptions) => Promise<void>;
};

export declare const photos: (send: Send) => {
  /** List photos. */
  readonly list: (query?: ListPhotosQuery, options?: RequestOptions) => Promise<PhotoPage>;

  /** List photos: all of them, page after page. */
  readonly all: (query?: ListPhotosQuery, options?: RequestOptions) => AsyncGenerator<Photo, void, undefined>;

  /** Create a photo. */
  readonly create: (body: CreatePhoto, options?: RequestOptions) => Promise<Photo>;

  /** Get a photo. */
  readonly get: (id: string, options?: RequestOptions) => Promise<Photo>;

  /** Change a photo. */
  readonly update: (id: string, body: UpdatePhoto, options?: RequestOptions) => Promise<Photo>;

  /** Delete a photo. */
  readonly delete: (id: string, options?: RequestOptions) => Promise<void>;
};
