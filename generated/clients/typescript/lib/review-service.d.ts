import type { RequestOptions, Send } from './http.js';

export interface CreateReview {
  readonly bookingId: string;
  readonly listingId: string;
  readonly rating: number;
  readonly body: string;
}

export interface Review {
  readonly id: string;
  readonly owner: string;
  readonly bookingId: string;
  readonly listingId: string;
  readonly rating: number;
  readonly body: string;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ReviewPage {
  readonly items: readonly Review[];
  readonly nextCursor: string | null;
}

export interface UpdateReview {
  readonly bookingId?: string | undefined;
  readonly listingId?: string | undefined;
  readonly rating?: number | undefined;
  readonly body?: string | undefined;
}

export interface ListReviewsQuery {
  /** How many items at most. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Minus: descending. */
  readonly sort?: 'createdAt' | '-createdAt' | 'updatedAt' | '-updatedAt' | 'rating' | '-rating' | undefined;
  readonly owner?: string | undefined;
  readonly bookingId?: string | undefined;
  readonly listingId?: string | undefined;
  readonly rating?: number | undefined;
}

export declare const reviews: (send: Send) => {
  /** List reviews. */
  readonly list: (query?: ListReviewsQuery, options?: RequestOptions) => Promise<ReviewPage>;

  /** List reviews: all of them, page after page. */
  readonly all: (
    query?: ListReviewsQuery,
    options?: RequestOptions,
  ) => AsyncGenerator<Review, void, undefined>;

  /** Create a review. */
  readonly create: (body: CreateReview, options?: RequestOptions) => Promise<Review>;

  /** Get a review. */
  readonly get: (id: string, options?: RequestOptions) => Promise<Review>;

  /** Change a review. */
  readonly update: (id: string, body: UpdateReview, options?: RequestOptions) => Promise<Review>;

  /** Delete a review. */
  readonly delete: (id: string, options?: RequestOptions) => Promise<void>;
};
