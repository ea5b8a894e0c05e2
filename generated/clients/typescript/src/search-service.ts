import { everyItem, type RequestOptions, segment, type Send } from './http.ts';

export interface CreatePlace {
  readonly name: string;
  readonly country: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly population?: number | null | undefined;
}

export interface Place {
  readonly id: string;
  readonly name: string;
  readonly country: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly population: number | null;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface PlacePage {
  readonly items: readonly Place[];
  readonly nextCursor: string | null;
}

export interface UpdatePlace {
  readonly name?: string | undefined;
  readonly country?: string | undefined;
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
  readonly population?: number | null | undefined;
}

export interface ListPlacesQuery {
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
    | 'name'
    | '-name'
    | 'country'
    | '-country'
    | 'latitude'
    | '-latitude'
    | 'longitude'
    | '-longitude'
    | undefined;
  readonly name?: string | undefined;
  readonly country?: string | undefined;
  readonly population?: number | undefined;
}

export const places = (send: Send) => ({
  /** List places. */
  list: (query: ListPlacesQuery = {}, options?: RequestOptions): Promise<PlacePage> =>
    send({ method: 'GET', path: '/api/v1/places', query, options }),

  /** List places: all of them, page after page. */
  all: (query: ListPlacesQuery = {}, options?: RequestOptions) =>
    everyItem((next: ListPlacesQuery) => places(send).list(next, options), query),

  /** Create a place. */
  create: (body: CreatePlace, options?: RequestOptions): Promise<Place> =>
    send({ method: 'POST', path: '/api/v1/places', body, options }),

  /** Get a place. */
  get: (id: string, options?: RequestOptions): Promise<Place> =>
    send({ method: 'GET', path: `/api/v1/places/${segment(id)}`, options }),

  /** Change a place. */
  update: (id: string, body: UpdatePlace, options?: RequestOptions): Promise<Place> =>
    send({ method: 'PATCH', path: `/api/v1/places/${segment(id)}`, body, options }),

  /** Delete a place. */
  delete: (id: string, options?: RequestOptions): Promise<void> =>
    send({ method: 'DELETE', path: `/api/v1/places/${segment(id)}`, options }),
});
