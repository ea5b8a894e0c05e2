import { everyItem, type RequestOptions, segment, type Send } from './http.ts';

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

export const reviews = (send: Send) => ({
  /** List reviews. */
  list: (query: ListReviewsQuery = {}, options?: RequestOptions): Promise<ReviewPage> =>
    send({ method: 'GET', path: '/api/v1/reviews', query, options }),

  /** List reviews: all of them, page after page. */
  all: (query: ListReviewsQuery = {}, options?: RequestOptions) =>
    everyItem((next: ListReviewsQuery) => reviews(send).list(next, options), query),

  /** Create a review. */
  create: (body: CreateReview, options?: RequestOptions): Promise<Review> =>
    send({ method: 'POST', path: '/api/v1/reviews', body, options }),

  /** Get a review. */
  get: (id: string, options?: RequestOptions): Promise<Review> =>
    send({ method: 'GET', path: `/api/v1/reviews/${segment(id)}`, options }),

  /** Change a review. */
  update: (id: string, body: UpdateReview, options?: RequestOptions): Promise<Review> =>
    send({ method: 'PATCH', path: `/api/v1/reviews/${segment(id)}`, body, options }),

  /** Delete a review. */
  delete: (id: string, options?: RequestOptions): Promise<void> =>
    send({ method: 'DELETE', path: `/api/v1/reviews/${segment(id)}`, options }),
});
