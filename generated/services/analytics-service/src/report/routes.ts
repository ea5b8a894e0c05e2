import {
  created,
  type DocumentTx,
  IdParams,
  listQuery,
  noContent,
  ok,
  page,
  type Repository,
  type Route,
  route,
} from '@hometrip/runtime';
import { CreateReport, Report, ReportFilters, reportSortKeys, UpdateReport } from './schema.ts';

interface Dependencies {
  readonly reports: Repository<Report, DocumentTx>;
}

/** Reports: admins may read, create, change and delete. */
export const reportRoutes = ({ reports }: Dependencies): Route[] => [
  route.get('/reports', {
    summary: 'List reports',
    tag: 'Reports',
    auth: 'admin',
    query: listQuery({ filters: ReportFilters, sortable: reportSortKeys }),
    responses: { 200: page(Report) },
    async handler({ query }) {
      return ok(await reports.list(query));
    },
  }),

  route.post('/reports', {
    summary: 'Create a report',
    tag: 'Reports',
    auth: 'admin',
    idempotencyKey: true,
    body: CreateReport,
    responses: { 201: Report },
    async handler({ body }) {
      const report = await reports.insert(body);
      return created(report, `/api/v1/reports/${report.id}`);
    },
  }),

  route.get('/reports/:id', {
    summary: 'Get a report',
    tag: 'Reports',
    auth: 'admin',
    params: IdParams,
    record: ({ params }) => reports.get(params.id),
    responses: { 200: Report },
    async handler({ record: report }) {
      return ok(report);
    },
  }),

  route.patch('/reports/:id', {
    summary: 'Change a report',
    tag: 'Reports',
    auth: 'admin',
    params: IdParams,
    body: UpdateReport,
    responses: { 200: Report },
    async handler({ params, body, ifMatch }) {
      const report = await reports.update(params.id, body, { revision: ifMatch });
      return ok(report);
    },
  }),

  route.delete('/reports/:id', {
    summary: 'Delete a report',
    tag: 'Reports',
    auth: 'admin',
    params: IdParams,
    responses: { 204: null },
    async handler({ params, ifMatch }) {
      await reports.delete(params.id, { revision: ifMatch });
      return noContent();
    },
  }),
];
