import type { RequestOptions, Send } from './http.js';

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

export declare const reports: (send: Send) => {
  /** List reports. */
  readonly list: (query?: ListReportsQuery, options?: RequestOptions) => Promise<ReportPage>;

  /** List reports: all of them, page after page. */
  readonly all: (
    query?: ListReportsQuery,
    options?: RequestOptions,
  ) => AsyncGenerator<Report, void, undefined>;

  /** Create a report. */
  readonly create: (body: CreateReport, options?: RequestOptions) => Promise<Report>;

  /** Get a report. */
  readonly get: (id: string, options?: RequestOptions) => Promise<Report>;

  /** Change a report. */
  readonly update: (id: string, body: UpdateReport, options?: RequestOptions) => Promise<Report>;

  /** Delete a report. */
  readonly delete: (id: string, options?: RequestOptions) => Promise<void>;
};
