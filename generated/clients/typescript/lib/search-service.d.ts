import type { RequestOptions, Send } from './http.js';

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

export declare const places: (send: Send) => {
  /** List places. */
  readonly list: (query?: ListPlacesQuery, options?: RequestOptions) => Promise<PlacePage>;

  /** List places: all of them, page after page. */
  readonly all: (query?: ListPlacesQuery, options?: RequestOptions) => AsyncGenerator<Place, void, undefined>;

  /** Create a place. */
  readonly create: (body: CreatePlace, options?: RequestOptions) => Promise<Place>;

  /** Get a place. */
  readonly get: (id: string, options?: RequestOptions) => Promise<Place>;

  /** Change a place. */
  readonly update: (id: string, body: UpdatePlace, options?: RequestOptions) => Promise<Place>;

  /** Delete a place. */
  readonly delete: (id: string, options?: RequestOptions) => Promise<void>;
};
