import { everyItem, type RequestOptions, segment, type Send } from './http.ts';

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

export const blockedDates = (send: Send) => ({
  /** List blocked dates. */
  list: (query: ListBlockedDatesQuery = {}, options?: RequestOptions): Promise<BlockedDatePage> =>
    send({ method: 'GET', path: '/api/v1/blocked-dates', query, options }),

  /** List blocked dates: all of them, page after page. */
  all: (query: ListBlockedDatesQuery = {}, options?: RequestOptions) =>
    everyItem((next: ListBlockedDatesQuery) => blockedDates(send).list(next, options), query),

  /** Create a blocked date. */
  create: (body: CreateBlockedDate, options?: RequestOptions): Promise<BlockedDate> =>
    send({ method: 'POST', path: '/api/v1/blocked-dates', body, options }),

  /** Get a blocked date. */
  get: (id: string, options?: RequestOptions): Promise<BlockedDate> =>
    send({ method: 'GET', path: `/api/v1/blocked-dates/${segment(id)}`, options }),

  /** Change a blocked date. */
  update: (id: string, body: UpdateBlockedDate, options?: RequestOptions): Promise<BlockedDate> =>
    send({ method: 'PATCH', path: `/api/v1/blocked-dates/${segment(id)}`, body, options }),

  /** Delete a blocked date. */
  delete: (id: string, options?: RequestOptions): Promise<void> =>
    send({ method: 'DELETE', path: `/api/v1/blocked-dates/${segment(id)}`, options }),
});

export const listings = (send: Send) => ({
  /** List listings. */
  list: (query: ListListingsQuery = {}, options?: RequestOptions): Promise<ListingPage> =>
    send({ method: 'GET', path: '/api/v1/listings', query, options }),

  /** List listings: all of them, page after page. */
  all: (query: ListListingsQuery = {}, options?: RequestOptions) =>
    everyItem((next: ListListingsQuery) => listings(send).list(next, options), query),

  /** Create a listing. */
  create: (body: CreateListing, options?: RequestOptions): Promise<Listing> =>
    send({ method: 'POST', path: '/api/v1/listings', body, options }),

  /** Get a listing. */
  get: (id: string, options?: RequestOptions): Promise<Listing> =>
    send({ method: 'GET', path: `/api/v1/listings/${segment(id)}`, options }),

  /** Change a listing. */
  update: (id: string, body: UpdateListing, options?: RequestOptions): Promise<Listing> =>
    send({ method: 'PATCH', path: `/api/v1/listings/${segment(id)}`, body, options }),

  /** Delete a listing. */
  delete: (id: string, options?: RequestOptions): Promise<void> =>
    send({ method: 'DELETE', path: `/api/v1/listings/${segment(id)}`, options }),
});

export const photos = (send: Send) => ({
  /** List photos. */
  list: (query: ListPhotosQuery = {}, options?: RequestOptions): Promise<PhotoPage> =>
    send({ method: 'GET', path: '/api/v1/photos', query, options }),

  /** List photos: all of them, page after page. */
  all: (query: ListPhotosQuery = {}, options?: RequestOptions) =>
    everyItem((next: ListPhotosQuery) => photos(send).list(next, options), query),

  /** Create a photo. */
  create: (body: CreatePhoto, options?: RequestOptions): Promise<Photo> =>
    send({ method: 'POST', path: '/api/v1/photos', body, options }),

  /** Get a photo. */
  get: (id: string, options?: RequestOptions): Promise<Photo> =>
    send({ method: 'GET', path: `/api/v1/photos/${segment(id)}`, options }),

  /** Change a photo. */
  update: (id: string, body: UpdatePhoto, options?: RequestOptions): Promise<Photo> =>
    send({ method: 'PATCH', path: `/api/v1/photos/${segment(id)}`, body, options }),

  /** Delete a photo. */
  delete: (id: string, options?: RequestOptions): Promise<void> =>
    send({ method: 'DELETE', path: `/api/v1/photos/${segment(id)}`, options }),
});
