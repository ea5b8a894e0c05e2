import { everyItem, type RequestOptions, segment, type Send } from './http.ts';

export interface CreateReport {
  readonly name: string;
  readonly metric: 'users' | 'listings' | 'bookings' | 'revenue' | 'reviews';
  readonly from: string;
  readonly to: string;
}

export interface Report {
  readonly id: string;
  readonly name: string;
  readonly metric: 'users' | 'listings' | 'bookings' | 'revenue' | 'reviews';
  readonly from: string;
  readonly to: string;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ReportPage {
  readonly items: readonly Report[];
  readonly nextCursor: string | null;
}

export interface UpdateReport {
  readonly name?: string | undefined;
  readonly metric?: 'users' | 'listings' | 'bookings' | 'revenue' | 'reviews' | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface ListReportsQuery {
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
    | 'from'
    | '-from'
    | 'to'
    | '-to'
    | undefined;
  readonly name?: string | undefined;
  readonly metric?: 'users' | 'listings' | 'bookings' | 'revenue' | 'reviews' | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export const reports = (send: Send) => ({
  /** List reports. */
  list: (query: ListReportsQuery = {}, options?: RequestOptions): Promise<ReportPage> =>
    send({ method: 'GET', path: '/api/v1/reports', query, options }),

  /** List reports: all of them, page after page. */
  all: (query: ListReportsQuery = {}, options?: RequestOptions) =>
    everyItem((next: ListReportsQuery) => reports(send).list(next, options), query),

  /** Create a report. */
  create: (body: CreateReport, options?: RequestOptions): Promise<Report> =>
    send({ method: 'POST', path: '/api/v1/reports', body, options }),

  /** Get a report. */
  get: (id: string, options?: RequestOptions): Promise<Report> =>
    send({ method: 'GET', path: `/api/v1/reports/${segment(id)}`, options }),

  /** Change a report. */
  update: (id: string, body: UpdateReport, options?: RequestOptions): Promise<Report> =>
    send({ method: 'PATCH', path: `/api/v1/reports/${segment(id)}`, body, options }),

  /** Delete a report. */
  delete: (id: string, options?: RequestOptions): Promise<void> =>
    send({ method: 'DELETE', path: `/api/v1/reports/${segment(id)}`, options }),
});
